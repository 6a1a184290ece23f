import NIOCore

/// The binary form of a publication, in brokers and histories. Its stream is told by the channel or key that it is in.
///
/// Layout, big-endian, 40 bytes and then the data:
/// ```
///  0  version (1)               8  epoch, 64 bits
///  1  kind                     16  sequence, 64 bits
///  2  flags (1: simulated)     24  exchange time, ms
///  3  zero, 8 bits             32  ingest time, µs
///  4  length of data, 32 bits  40  data
/// ```
/// A record of an unknown version, kind or flag, whose length is not exactly what it says, or with a position that no
/// leader gives, is refused with an error: it came from a newer release or a foreign writer, and a node must not guess.
///
/// Kind 6 without data is no publication but the notice of one that a broker could not carry: it stands at this position
/// in the history. It is read by `notice` alone; to `read`, as to releases that do not know it, it is of unknown kind.
package enum PublicationRecord {
    package static let version: UInt8 = 1
    package static let headerLength = 40
    /// Data longer than this are refused when they are read, so that a broken record can't claim a node's memory. What
    /// is written stays far below: the ingestor takes frames of at most 8 MiB.
    package static let maximumDataLength = 16 << 20

    package enum Failure: Error, Hashable, CustomStringConvertible {
        case truncated(length: Int)
        case unknownVersion(UInt8)
        case unknownKind(UInt8)
        case unknownFlags(UInt8)
        case badLength(claimed: Int, actual: Int)
        case impossible(Position)

        package var description: String {
            switch self {
            case .truncated(let length):
                "the record has \(length) bytes; its header alone takes \(PublicationRecord.headerLength)"
            case .unknownVersion(let version):
                "the record is of version \(version); this release reads version \(PublicationRecord.version)"
            case .unknownKind(let kind): "the record is of unknown kind \(kind)"
            case .unknownFlags(let flags): "the record has unknown flags \(flags)"
            case .badLength(let claimed, let actual):
                "the record claims \(claimed) bytes of data and has \(actual)"
            case .impossible(let position):
                "the record is of sequence \(position.sequence) in epoch \(position.epoch); "
                    + "both are from 1 to \(Position.highest)"
            }
        }
    }

    package static func write(_ publication: Publication, into buffer: inout ByteBuffer) {
        buffer.reserveCapacity(minimumWritableBytes: headerLength + publication.data.readableBytes)
        buffer.writeMultipleIntegers(
            version,
            code(of: publication.kind),
            publication.isSimulated ? 1 : 0 as UInt8,
            0 as UInt8,
            UInt32(publication.data.readableBytes),
            publication.position.epoch,
            publication.position.sequence,
            publication.exchangeTime,
            publication.ingestTime
        )
        buffer.writeImmutableBuffer(publication.data)
    }

    /// Reads one whole record; `data` shares the buffer's bytes.
    package static func read(_ record: ByteBuffer, of stream: StreamName) throws(Failure) -> Publication {
        var record = record
        let length = record.readableBytes
        guard length >= 1, let first: UInt8 = record.getInteger(at: record.readerIndex) else {
            throw .truncated(length: length)
        }
        guard first == version else { throw .unknownVersion(first) }
        guard
            let (_, kind, flags, _, claimed, epoch, sequence, exchangeTime, ingestTime) = record.readMultipleIntegers(
                as: (UInt8, UInt8, UInt8, UInt8, UInt32, UInt64, UInt64, Int64, Int64).self
            )
        else { throw .truncated(length: length) }
        guard flags <= 1 else { throw .unknownFlags(flags) }
        guard claimed == record.readableBytes, claimed <= maximumDataLength else {
            throw .badLength(claimed: Int(claimed), actual: record.readableBytes)
        }
        let publication = Publication(
            stream: stream,
            position: Position(epoch: epoch, sequence: sequence),
            kind: try self.kind(of: kind),
            exchangeTime: exchangeTime,
            ingestTime: ingestTime,
            isSimulated: flags == 1,
            data: record
        )
        guard publication.isPossible else { throw .impossible(publication.position) }
        return publication
    }

    /// The notice of a publication that is too large for its broker.
    package static func writeNotice(of publication: Publication, into buffer: inout ByteBuffer) {
        buffer.writeMultipleIntegers(
            version,
            noticeCode,
            publication.isSimulated ? 1 : 0 as UInt8,
            0 as UInt8,
            0 as UInt32,
            publication.position.epoch,
            publication.position.sequence,
            publication.exchangeTime,
            publication.ingestTime
        )
    }

    /// Where the publication stands that this is the notice of; nil where it is none.
    package static func notice(_ record: ByteBuffer) -> Position? {
        let start = record.readerIndex
        guard record.readableBytes == headerLength, record.getInteger(at: start, as: UInt8.self) == version,
            record.getInteger(at: start + 1, as: UInt8.self) == noticeCode,
            let epoch = record.getInteger(at: start + 8, as: UInt64.self),
            let sequence = record.getInteger(at: start + 16, as: UInt64.self)
        else { return nil }
        let position = Position(epoch: epoch, sequence: sequence)
        return position.isPossible ? position : nil
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
        default: throw .unknownKind(code)
        }
    }
}
