import Core
import NIOCore

/// An entry of a stream's log in Redis: `[id, [field, value, ...]]`, with the record in the field `p` and the sequence
/// in the id (`<sequence>-0`).
struct LogEntry {
    enum Failure: Error, CustomStringConvertible {
        case notAnEntry(String)
        case noRecord
        case record(PublicationRecord.Failure)
        case otherSequence(UInt64)

        var description: String {
            switch self {
            case .notAnEntry(let kind): "the entry is \(kind)"
            case .noRecord: "the entry has no field p"
            case .record(let failure): failure.description
            case .otherSequence(let sequence): "the record is of sequence \(sequence)"
            }
        }
    }

    let id: String
    /// By the id, whatever the record says: what Redis judges the next entry by.
    let sequence: UInt64
    let publication: Result<Publication, Failure>

    /// Throws where it is not even an entry.
    init(_ reply: RESPValue, of stream: StreamName) throws(Failure) {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].text, let fields = parts[1].array,
            let sequence = Self.sequence(ofID: id)
        else { throw .notAnEntry(reply.kindName) }
        self.id = id
        self.sequence = sequence
        publication = Result { () throws(Failure) in try Self.publication(fields, id: id, of: stream) }
    }

    /// An entry whose epoch can't be read has epoch 0, which no leader ever has.
    var position: Position {
        Position(epoch: (try? publication.get())?.position.epoch ?? 0, sequence: sequence)
    }

    /// Whether a publication can stand there at all.
    var isPossible: Bool { (1...Position.highest).contains(sequence) }

    static func sequence(ofID id: String) -> UInt64? { UInt64(id.prefix { $0 != "-" }) }

    private static func publication(
        _ fields: [RESPValue],
        id: String,
        of stream: StreamName
    ) throws(Failure) -> Publication {
        let name = RESPValue.bulk(ByteBuffer(string: "p"))
        let field = stride(from: 0, to: fields.count - 1, by: 2).first { fields[$0] == name }
        guard let field, let record = fields[field + 1].bytes else { throw .noRecord }
        let publication: Publication
        do throws(PublicationRecord.Failure) {
            publication = try PublicationRecord.read(record, of: stream)
        } catch {
            throw .record(error)
        }
        guard id == "\(publication.position.sequence)-0" else {
            throw .otherSequence(publication.position.sequence)
        }
        return publication
    }
}
