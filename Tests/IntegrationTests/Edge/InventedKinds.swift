import Core
import NIOCore
import NIOPosix
import Platform
import Stores
import TestSupport
import Testing

@testable import EdgeNode

/// Streams of kinds that no line of a node knows, served by two nodes over a real broker: the client comes back to the other
/// one. The same for each broker.
enum InventedKinds {
    static func catalog() throws -> PatternCatalog {
        PatternCatalog([
            StreamKind(try StreamPattern("heat.{1..9}.{word}"), .event),
            StreamKind(try StreamPattern("presence.{word}"), .transient),
        ])
    }

    static func areServed(over broker: any Broker) async throws {
        let (history, catalog) = (InProcessHistory(), try catalog())
        try await RunningNode.with(broker: broker, history: history, catalog: catalog) { first in
            try await RunningNode.with(broker: broker, history: history, catalog: catalog) { second in
                let position = try await serve(first)
                try await resume(second, from: position)
            }
        }
    }

    /// Answers where its client stands.
    private static func serve(_ node: RunningNode) async throws -> String {
        let texts = try await told(
            by: node,
            asked: #"{"op":"subscribe","args":["heat:3:berlin","presence:room"]}"#,
            count: 4
        ) {
            try await node.publish([
                try publication("heat.3.berlin", 1), try publication("presence.room", 0, .transient),
                try publication("heat.3.berlin", 2),
            ])
        }
        #expect(texts.filter { $0.contains(#""type":"transient""#) && !$0.contains(#""seq""#) }.count == 1)
        #expect(texts.filter { $0.contains("tidegate.heat.3.berlin") }.map(sequence) == ["1", "2"])
        return #"{"heat.3.berlin":{"epoch":7,"sequence":2},"presence.room":{"epoch":7,"sequence":0}}"#
    }

    private static func resume(_ node: RunningNode, from positions: String) async throws {
        try await node.publish([try publication("heat.3.berlin", 3)])
        let texts = try await told(by: node, asked: #"{"op":"resume","positions":\#(positions)}"#, count: 5) {
            // What is not kept is a hole, and is told.
            try await node.broker.publish([
                try publication("presence.room", 0, .transient), try publication("heat.3.berlin", 6),
            ])
        }
        #expect(texts.first?.contains(#""stream":"heat.3.berlin","recovered":true,"from":3,"to":3"#) == true)
        #expect(texts.first?.contains(#""stream":"presence.room","recovered":false,"reason":"unknown""#) == true)
        #expect(texts.filter { $0.contains(#""type":"transient""#) }.count == 1)
        let heat = texts.dropFirst().filter { $0.contains("heat.3.berlin") }
        #expect(heat.map(sequence) == ["3", nil, "6"])
        #expect(heat[1].contains(#""from":4,"to":5"#))
    }

    /// What a client is told from its request on; `act` when it has been answered.
    private static func told(
        by node: RunningNode,
        asked request: String,
        count: Int,
        _ act: () async throws -> Void
    ) async throws -> [String] {
        let collector = StreamCollector(requests: [request])
        let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup)
        let connection = try await client.connect(to: WebSocketURL(node.url)) { _ in collector }
        _ = await collector.texts.elements(atLeast: 1)
        try await act()
        let texts = await collector.texts.elements(atLeast: count)
        try? await connection.close()
        return texts
    }

    private static func sequence(_ text: String) -> String? {
        text.firstRange(of: #""seq":"#).map { String(text[$0.upperBound...].prefix { $0.isNumber }) }
    }

    private static func publication(
        _ stream: String,
        _ sequence: UInt64,
        _ kind: Publication.Kind = .update
    ) throws -> Publication {
        Publication(
            stream: try StreamName(canonical: stream),
            position: Position(epoch: 7, sequence: sequence),
            kind: kind,
            exchangeTime: 1,
            ingestTime: 1,
            data: ByteBuffer(string: "{}")
        )
    }
}
