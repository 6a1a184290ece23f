import NIOCore

/// The binary form of a publication, in brokers and histories. Its stream is told by the channel or key that it is in.
///
/// Layout, big-endian, 40 bytes and then the data:
/// ```
///  0  version (1 or 2)          8  epoch, 64 bits
///  1  kind                     16  sequence, 64 bits
///  2  flags (1: simulated)     24  exchange time, ms
///  3  zero, 8 bits             32  ingest time, µs
///  4  length of data, 32 bits  40  data
/// ```
/// In version 2 an extension area stands before the data: its length, 16 bits, at 40, and then `RecordExtensions`. The
/// epoch stands at 8 in every version: what compares the epochs of two records need know no more of them.
///
/// A record of an unknown version, kind or flag, whose length is not exactly what it says, with an extension that may not
/// be passed over, or with a position that no leader gives, is refused with an error: it came from a newer release or a
/// foreign writer, and a node must not guess.
///
/// Kind 7 is a transient message: sequence 0. A release that does not know it counts it as unreadable.
///
/// Kind 6 without data is no publication but the notice of one that a broker could not carry: it stands at this position
/// in the history. It is read by `notice` alone; to `read`, as to releases that do not know it, it is of unknown kind.
package enum PublicationRecord {
    /// Of what stands before the data at least: in version 1 it is all.
    package static let headerLength = 40
    /// The length of the extension area, in version 2.
    static let extensionsLength = 2
    /// Data longer than this are refused when they are read, so that a broken record can't claim a node's memory. What
    /// is written stays far below: the ingestor takes frames of at most 8 MiB.
    package static let maximumDataLength = 16 << 20

    package enum Failure: Error, Hashable, CustomStringConvertible {
        case truncated(length: Int)
        case unknownVersion(UInt8)
        case unknownKind(UInt8)
        case unknownFlags(UInt8)
        case badLength(claimed: Int, actual: Int)
        case brokenExtensions
        case unknownExtension(UInt8)
        case impossible(Position)

        package var description: String {
            switch self {
            case .truncated(let length):
                "the record has \(length) bytes; its header alone takes \(PublicationRecord.headerLength)"
            case .unknownVersion(let version):
                "the record is of version \(version); this release reads versions \(WireVersion.readable)"
            case .unknownKind(let kind): "the record is of unknown kind \(kind)"
            case .unknownFlags(let flags): "the record has unknown flags \(flags)"
            case .badLength(let claimed, let actual):
                "the record claims \(claimed) bytes of data and has \(actual)"
            case .brokenExtensions: "the record's extensions do not end where they say"
            case .unknownExtension(let type):
                "the record has an extension of type \(type), which this release does not know and may not pass over"
            case .impossible(let position):
                "the record is of sequence \(position.sequence) in epoch \(position.epoch); "
                    + "both are from 1 to \(Position.highest)"
            }
        }
    }

    package static func write(
        _ publication: Publication,
        as version: WireVersion = .one,
        into buffer: inout ByteBuffer
    ) {
        let length = headerLength + extensionsLength + publication.data.readableBytes
        buffer.reserveCapacity(minimumWritableBytes: length)
        writeHeader(of: publication, code(of: publication.kind), as: version, into: &buffer)
        if version == .two { RecordExtensions.write(publication.signature, into: &buffer) }
        buffer.writeImmutableBuffer(publication.data)
    }

    /// All that stands in front of the extensions.
    private static func writeHeader(
        of publication: Publication,
        _ kind: UInt8,
        as version: WireVersion,
        into buffer: inout ByteBuffer
    ) {
        let dataLength = kind == noticeCode ? 0 : publication.data.readableBytes
        buffer.writeMultipleIntegers(
            version.number,
            kind,
            publication.isSimulated ? 1 : 0 as UInt8,
            0 as UInt8,
            UInt32(dataLength),
            publication.position.epoch,
            publication.position.sequence,
            publication.exchangeTime,
            publication.ingestTime
        )
    }

    /// Reads one whole record; `data` shares the buffer's bytes.
    package static func read(_ record: ByteBuffer, of stream: StreamName) throws(Failure) -> Publication {
        var record = record
        let length = record.readableBytes
        guard length >= 1, let first: UInt8 = record.getInteger(at: record.readerIndex) else {
            throw .truncated(length: length)
        }
        guard let version = WireVersion(number: Int64(first)) else { throw .unknownVersion(first) }
        guard
            let (_, kind, flags, _, claimed, epoch, sequence, exchangeTime, ingestTime) = record.readMultipleIntegers(
                as: (UInt8, UInt8, UInt8, UInt8, UInt32, UInt64, UInt64, Int64, Int64).self
            )
        else { throw .truncated(length: length) }
        guard flags <= 1 else { throw .unknownFlags(flags) }
        var signature: PublicationSignature?
        if version == .two {
            guard record.readableBytes >= extensionsLength else { throw .truncated(length: length) }
            guard let area = record.readLengthPrefixedSlice(as: UInt16.self) else { throw .brokenExtensions }
            signature = try RecordExtensions.read(area)
        }
        guard claimed == record.readableBytes, claimed <= maximumDataLength else {
            throw .badLength(claimed: Int(claimed), actual: record.readableBytes)
        }
        var publication = Publication(
            stream: stream,
            position: Position(epoch: epoch, sequence: sequence),
            kind: try self.kind(of: kind),
            exchangeTime: exchangeTime,
            ingestTime: ingestTime,
            isSimulated: flags == 1,
            data: record
        )
        publication.signature = signature
        guard publication.isPossible else { throw .impossible(publication.position) }
        return publication
    }

    /// The notice of a publication that is too large for its broker.
    package static func writeNotice(
        of publication: Publication,
        as version: WireVersion = .one,
        into buffer: inout ByteBuffer
    ) {
        writeHeader(of: publication, noticeCode, as: version, into: &buffer)
        if version == .two { RecordExtensions.write(nil, into: &buffer) }
    }

    /// Where the publication stands that this is the notice of; nil where it is none.
    package static func notice(_ record: ByteBuffer) -> Position? {
        let start = record.readerIndex
        guard let version = record.getInteger(at: start, as: UInt8.self).flatMap({ WireVersion(number: Int64($0)) }),
            record.getInteger(at: start + 1, as: UInt8.self) == noticeCode,
            let epoch = record.getInteger(at: start + 8, as: UInt64.self),
            let sequence = record.getInteger(at: start + 16, as: UInt64.self),
            isBare(record, version)
        else { return nil }
        let position = Position(epoch: epoch, sequence: sequence)
        return position.isPossible ? position : nil
    }

    /// Whether nothing stands behind the header but extensions that may be passed over.
    private static func isBare(_ record: ByteBuffer, _ version: WireVersion) -> Bool {
        var rest = record
        guard rest.readSlice(length: headerLength) != nil else { return false }
        guard version == .two else { return rest.readableBytes == 0 }
        guard let area = rest.readLengthPrefixedSlice(as: UInt16.self), rest.readableBytes == 0 else { return false }
        do throws(Failure) {
            try RecordExtensions.read(area)
            return true
        } catch {
            return false
        }
    }

    private static let noticeCode: UInt8 = 6

    private static func code(of kind: Publication.Kind) -> UInt8 {
        switch kind {
        case .snapshot: 0
        case .update: 1
        case .gap(.upstream): 2
        case .gap(.failover): 3
        case .gap(.edge): 4
        case .refusal: 5
        case .transient: 7
        }
    }

    private static func kind(of code: UInt8) throws(Failure) -> Publication.Kind {
        switch code {
        case 0: .snapshot
        case 1: .update
        case 2: .gap(.upstream)
        case 3: .gap(.failover)
        case 4: .gap(.edge)
        case 5: .refusal
        case 7: .transient
        default: throw .unknownKind(code)
        }
    }
}
