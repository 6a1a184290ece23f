import NIOCore

/// What a record of version 2 says beside its publication: fields of a type (8 bits), a length (16 bits, big-endian) and a
/// value, one behind the other.
///
/// This release knows type 1: the publication's signature, as its text. A reader passes over those below 128 that it does not
/// know; one from 128 up changes what the record means, so who does not know it must not read the record. No area is longer than
/// its length can say, 64 KiB.
enum RecordExtensions {
    /// Types from here up may not be passed over.
    static let firstCritical: UInt8 = 128
    private static let signature: UInt8 = 1

    /// Reads all of the area; throws where it ends within a field, or where a field may not be passed over. Answers the
    /// signature; nil where there is none, or what stands there is none.
    @discardableResult
    static func read(_ area: ByteBuffer) throws(PublicationRecord.Failure) -> PublicationSignature? {
        var area = area
        var found: PublicationSignature?
        while area.readableBytes > 0 {
            guard let (type, length) = area.readMultipleIntegers(as: (UInt8, UInt16).self),
                let value = area.readSlice(length: Int(length))
            else { throw .brokenExtensions }
            guard type < firstCritical else { throw .unknownExtension(type) }
            if type == signature { found = PublicationSignature(String(buffer: value)) }
        }
        return found
    }

    /// The area with its length.
    static func write(_ signature: PublicationSignature?, into buffer: inout ByteBuffer) {
        guard let text = signature?.text else {
            buffer.writeInteger(0 as UInt16)
            return
        }
        let length = UInt16(text.utf8.count)
        buffer.writeMultipleIntegers(length + 3, Self.signature, length)
        buffer.writeString(text)
    }
}
