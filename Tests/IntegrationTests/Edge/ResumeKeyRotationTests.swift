import Core
import Foundation
import NIOCore
import NIOPosix
import Platform
import Stores
import TestSupport
import Testing

@testable import EdgeNode

/// The steps that `docs/operations.md` gives for changing `RESUME_TOKEN_KEY`, done to two running nodes: a client goes to and fro
/// between them with the tokens that it was given, over real sockets.
@Suite struct ResumeKeyRotationTests {
    private static let old = "old:0123456789abcdef"
    private static let new = "new:fedcba9876543210"
    private static let stream = "trade.X"

    private let broker = InProcessBroker()
    private let history = InProcessHistory()

    @Test("A key is changed under running nodes, and its tokens are good until it is gone")
    func rotation() async throws {
        var token = ""
        var later = ""
        try await publish(1)
        try await nodes(Self.old, Self.old) { first, _ in
            token = try await subscribe(at: first)
        }
        // One node after the other is restarted: first they all learn the new key.
        try await publish(2)
        try await nodes("\(Self.old),\(Self.new)", Self.old) { first, second in
            for node in [first, second] { _ = try await resume(at: node, with: token, missing: 2...2) }
        }
        // Then it signs at one of them, while the other has it only to verify.
        try await nodes("\(Self.new),\(Self.old)", "\(Self.old),\(Self.new)") { first, second in
            later = try await resume(at: first, with: token, missing: 2...2)
            try await publish(3)
            _ = try await resume(at: second, with: later, missing: 2...3)
            _ = try await resume(at: second, with: token, missing: 2...3)
        }
        try await nodes("\(Self.new),\(Self.old)", "\(Self.new),\(Self.old)") { first, second in
            for node in [first, second] { _ = try await resume(at: node, with: token, missing: 2...3) }
        }
        // And in the end the old key is gone, and with it what it has signed.
        try await nodes("\(Self.new),\(Self.old)", Self.new) { first, second in
            _ = try await resume(at: first, with: token, missing: 2...3)
            try await isRefused(at: second, token)
        }
        try await nodes(Self.new, Self.new) { first, second in
            for node in [first, second] {
                try await isRefused(at: node, token)
                _ = try await resume(at: node, with: later, missing: 2...3)
            }
        }
    }

    /// Two nodes with these settings of `RESUME_TOKEN_KEY`, from their start to their end.
    private func nodes(
        _ first: String,
        _ second: String,
        _ body: (RunningNode, RunningNode) async throws -> Void
    ) async throws {
        try await RunningNode.with(broker: broker, history: history, { $0.resumeTokenKey = first }) { one in
            try await RunningNode.with(broker: broker, history: history, { $0.resumeTokenKey = second }) { other in
                try await body(one, other)
            }
        }
    }

    private func publish(_ sequence: UInt64) async throws {
        let publication = Publication(
            stream: try StreamName(canonical: Self.stream),
            position: Position(epoch: 7, sequence: sequence),
            kind: .update,
            exchangeTime: 1,
            ingestTime: 1,
            data: ByteBuffer(string: "[]")
        )
        try await history.append([publication])
        try await broker.publish([publication])
    }

    /// Answers the token that the reply has.
    private func subscribe(at node: RunningNode) async throws -> String {
        let reply = try await replies(of: node, to: [#"{"op":"subscribe","args":["\#(Self.stream)"]}"#])[0]
        let resume = try #require(reply["resume"] as? [String: Any])
        return try #require(resume["token"] as? String)
    }

    /// Answers the new token, which stands for what is in front of what was missing.
    private func resume(
        at node: RunningNode,
        with token: String,
        missing: ClosedRange<Int>
    ) async throws -> String {
        let reply = try await replies(of: node, to: [#"{"op":"resume","token":"\#(token)"}"#])[0]
        #expect(reply["op"] as? String == "resumed", "\(reply)")
        let stream = try #require((reply["streams"] as? [[String: Any]])?.first)
        #expect(stream["recovered"] as? Bool == true)
        #expect(stream["from"] as? Int == missing.lowerBound && stream["to"] as? Int == missing.upperBound)
        return try #require(reply["resumeToken"] as? String)
    }

    /// The token costs its request and nothing else: on the same connection the client resumes with its positions.
    private func isRefused(at node: RunningNode, _ token: String) async throws {
        let positions = #"{"\#(Self.stream)":{"epoch":7,"sequence":1}}"#
        let replies = try await replies(
            of: node,
            to: [#"{"op":"resume","token":"\#(token)"}"#, #"{"op":"resume","positions":\#(positions)}"#]
        )
        #expect(replies[0]["op"] as? String == "error")
        #expect(replies[0]["code"] as? String == "INVALID_RESUME_TOKEN")
        #expect(
            replies[0]["message"] as? String
                == "The resume token is not valid here: resume with positions, or subscribe again"
        )
        #expect(replies[1]["op"] as? String == "resumed")
    }

    private func replies(of node: RunningNode, to requests: [String]) async throws -> [[String: Any]] {
        let collector = StreamCollector(requests: requests)
        let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup)
        let connection = try await client.connect(to: WebSocketURL(node.url)) { _ in collector }
        let texts = await collector.texts.elements(atLeast: requests.count)
        try? await connection.close()
        return try texts.prefix(requests.count).map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }
}
