import Core
import FoundationEssentials
import Platform
import Testing

@testable import EdgeNode

/// What a reply or a goodbye gives a client to come back with.
struct TestReply: Decodable {
    struct Place: Codable {
        var epoch: UInt64
        var sequence: UInt64
    }

    struct Resume: Decodable {
        var token: String?
        var positions: [String: Place]
    }

    private var op: String?
    private var action: String?
    private var resume: Resume?
    private var resumeToken: String?
    private var places: [String: Place]?

    private enum CodingKeys: String, CodingKey {
        case op, action, resume, resumeToken
        case places = "positions"
    }

    /// The first of these texts.
    init(in texts: [String]) throws {
        self = try JSONDecoder().decode(TestReply.self, from: Data(try #require(texts.first).utf8))
    }

    var anyToken: String? { resume?.token ?? resumeToken }

    var positions: [String: Position] {
        (places ?? resume?.positions ?? [:]).mapValues { Position(epoch: $0.epoch, sequence: $0.sequence) }
    }

    /// As JSON, to be sent back.
    var positionsText: String {
        let list = positions.map { #""\#($0)":{"epoch":\#($1.epoch),"sequence":\#($1.sequence)}"# }
        return "{\(list.joined(separator: ","))}"
    }

    /// What its token says.
    var tokenPositions: [String: Position] {
        get throws { try Self.positions(in: anyToken) }
    }

    static func positions(in token: String?) throws -> [String: Position] {
        let signer = ResumeTokenSigner(
            secret: EdgeFixture.tokenKey,
            lifetime: .seconds(600),
            maximumMessageBytes: 65_536
        )
        let text = try #require(token)
        let opened = try signer.open(text, user: "", at: WallClock.milliseconds())
        let places = opened.subscriptions.compactMap { item in item.position.map { (item.stream.canonical, $0) } }
        return Dictionary(uniqueKeysWithValues: places)
    }
}
