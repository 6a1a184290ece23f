import NIOCore

/// What a record of version 2 says beside its publication: fields of a type (8 bits), a length (16 bits, big-endian) and a
/// value, one behind the other.
///
/// This release knows none. A reader passes over those below 128 that it does not know; one from 128 up changes what the
/// record means, so who does not know it must not read the record. No area is longer than its length can say, 64 KiB.
enum RecordExtensions {
    /// Types from here up may not be passed over.
    static let firstCritical: UInt8 = 128

    /// Reads all of the area; throws where it ends within a field, or where a field may not be passed over.
    static func check(_ area: ByteBuffer) throws(PublicationRecord.Failure) {
        var area = area
        while area.readableBytes > 0 {
            guard let (type, length) = area.readMultipleIntegers(as: (UInt8, UInt16).self),
                area.readSlice(length: Int(length)) != nil
            else { throw .brokenExtensions }
            guard type < firstCritical else { throw .unknownExtension(type) }
        }
    }
}
