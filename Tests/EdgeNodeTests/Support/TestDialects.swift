import BybitCatalog
import Core
import FoundationEssentials
import NIOCore

@testable import EdgeNode

extension DialectRegistry {
    static let tidegate = DialectRegistry([OpDialect(brand: "tidegate"), ActionDialect(), GuideDialect()])

    /// As a connection reads what it is sent, on which nothing was said before.
    func read(_ text: String) throws(ClientRequest.Failure) -> ClientRequest {
        let message = ByteBuffer(string: text)
        return try self[dialect(markedIn: message) ?? first].request(message, in: BybitCatalog())
    }
}

extension DialectID {
    /// The key that carries the operation.
    var key: String { DialectRegistry.tidegate[self].marker?.description ?? "" }
}

extension ClientReply {
    func text(in dialect: DialectID, id: String?) -> ByteBuffer {
        DialectRegistry.tidegate[dialect].text(of: self, id: id)
    }
}

extension ClientError {
    /// As the dialect words it.
    func message(in dialect: DialectID) -> String {
        struct Words: Decodable { var message: String }
        let text = String(buffer: ClientReply.error(self).text(in: dialect, id: nil))
        return (try? JSONDecoder().decode(Words.self, from: Data(text.utf8)))?.message ?? "no message: \(text)"
    }
}

extension ResumeTokenSigner {
    /// Of a node that speaks what ours speak.
    init(secret: String?, lifetime: Duration, maximumMessageBytes: Int, writing wire: WireVersion = .one) {
        self.init(
            secret: secret,
            dialects: DialectRegistry.tidegate.all,
            lifetime: lifetime,
            maximumMessageBytes: maximumMessageBytes,
            writing: wire
        )
    }
}

/// The frames of one stream in every dialect.
struct TestFrames {
    private let stream: StreamDescriptor
    private let dialects: DialectRegistry

    init(stream: StreamName, brand: String) {
        self.stream = .of(stream)
        self.dialects = DialectRegistry([OpDialect(brand: brand), ActionDialect(), GuideDialect()])
    }

    func frame(
        _ publication: Publication,
        in dialect: DialectID,
        first: UInt64? = nil,
        tellsEpoch: Bool = false
    ) -> ByteBuffer {
        dialects[dialect].encoder(of: stream).frame(of: publication, first: first, tellsEpoch: tellsEpoch)
    }

    func gap(from: UInt64, to: UInt64, epoch: UInt64, reason: GapReason, in dialect: DialectID) -> ByteBuffer? {
        dialects[dialect].encoder(of: stream).gap(from: from, to: to, epoch: epoch, reason: reason)
    }
}
