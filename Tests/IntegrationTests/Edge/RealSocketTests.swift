import Core
import NIOCore
import NIOPosix
import NIOSSL
import Platform
import Stores
import TestSupport
import Testing

@testable import EdgeNode

/// The ways from a node to a client's socket do the same.
@Suite(.timeLimit(.minutes(10))) struct RealSocketTests {
    enum Way: CaseIterable {
        /// `send(2)` on the socket.
        case direct
        case channel
        case tls
    }

    /// A node that is reached this way, and how a client connects to it.
    private func withNode(
        _ way: Way,
        broker: any Broker = InProcessBroker(),
        _ change: (inout ConnectionSettings) -> Void = { _ in },
        _ body: (RunningNode, (String...) async throws -> (StreamCollector, any Channel)) async throws -> Void
    ) async throws {
        let files = way == .tls ? try TestCertificateFiles() : nil
        defer { files?.remove() }
        let certificate = try files.map { try ServerCertificate(chainFile: $0.certificate, keyFile: $0.key) }
        try await RunningNode.with(broker: broker) {
            $0.certificate = certificate
            $0.connection.sendsDirectly = way == .direct
            change(&$0.connection)
        } _: { node in
            try await body(node) { (requests: String...) in
                let collector = StreamCollector(requests: requests)
                let url = try WebSocketURL("\(way == .tls ? "wss" : "ws")://localhost:\(node.port)/ws")
                let client = WebSocketClient(
                    group: .singletonMultiThreadedEventLoopGroup,
                    trustRoots: files.map { .file($0.certificate) } ?? .default
                )
                return (collector, try await client.connect(to: url) { _ in collector })
            }
        }
    }

    private static func trade(_ sequence: UInt64, bytes: Int) throws -> Publication {
        let data = "[\"\(String(repeating: "x", count: bytes))\"]"
        return Publication(
            stream: try StreamName(canonical: "trade.BTCUSDT"),
            position: Position(epoch: 1, sequence: sequence),
            kind: .update,
            exchangeTime: 1,
            ingestTime: 1,
            data: ByteBuffer(string: data)
        )
    }

    /// Of many sizes, so that sockets take them in part, and more than all the kernel's buffers hold.
    @Test(arguments: Way.allCases) func whatASlowSocketTakesPieceByPieceComesWholeAndInOrder(_ way: Way) async throws {
        try await withNode(way) {
            $0.outbox.bytes = 256 << 20
            $0.stallTimeout = .hours(1)
        } _: { node, connect in
            let (reader, channel) = try await connect(#"{"action":"subscribe","streams":["trade.BTCUSDT"]}"#)
            _ = await reader.texts.elements(atLeast: 1)
            try await channel.setOption(.autoRead, value: false).get()
            var generator = SeededGenerator(seed: 7)
            let sizes = (0..<1500).map { _ in Int.random(in: 1...60_000, using: &generator) }
            for (index, size) in sizes.enumerated() {
                try await node.publish([Self.trade(UInt64(index + 1), bytes: size)])
            }
            try await node.until { node.counters.backlogBytes.get() > 1 << 20 }
            try await channel.setOption(.autoRead, value: true).get()
            channel.read()
            let texts = await reader.texts.elements(atLeast: 1 + sizes.count).dropFirst()
            let heads = texts.map { $0.prefix { $0 != "[" } }
            let expected = (1...sizes.count).map {
                let epoch = $0 == 1 ? #""epoch":1,"# : ""
                return #"{"stream":"trades.btc_usdt","type":"update","seq":\#($0),\#(epoch)"data":"#
            }
            #expect(heads.map(String.init) == expected)
            #expect(zip(texts, sizes).allSatisfy { text, size in text.utf8.count { $0 == UInt8(ascii: "x") } == size })
            try await node.until { node.counters.backlogBytes.get() == 0 }
            try await channel.close()
        }
    }

    @Test(arguments: Way.allCases) func aClientThatStopsReadingTradesIsClosedAndOthersGoOn(_ way: Way) async throws {
        try await withNode(way) {
            $0.outbox.bytes = 1 << 20
            $0.stallTimeout = .hours(1)
        } _: { node, connect in
            let subscribe = #"{"action":"subscribe","streams":["trade.BTCUSDT"]}"#
            let (stopped, channel) = try await connect(subscribe)
            let (reader, other) = try await connect(subscribe)
            for client in [stopped, reader] { _ = await client.texts.elements(atLeast: 1) }
            try await channel.setOption(.autoRead, value: false).get()
            var sequence: UInt64 = 0
            while node.counters.slowConsumersClosed.get() == 0 {
                sequence += 1
                try await node.publish([Self.trade(sequence, bytes: 50_000)])
                // Else it would be the other that is too slow.
                _ = await reader.texts.elements(atLeast: 1 + Int(sequence))
            }
            let texts = await reader.texts.elements(atLeast: 1 + Int(sequence))
            #expect(texts.count == 1 + Int(sequence))
            #expect(node.counters.slowConsumersClosed.get() == 1)
            try await channel.close()
            try await other.close()
        }
    }

    /// A client whose request waits is pinged, and its pong is heard.
    @Test(arguments: Way.allCases) func whoseAnswerNobodyHasReadIsNotTakenForDead(_ way: Way) async throws {
        let broker = LateBroker()
        try await withNode(way, broker: broker) {
            ($0.pingInterval, $0.pingTimeout, $0.closeTimeout) = (.milliseconds(500), .milliseconds(500), .zero)
            // Over TLS it takes some seconds until a socket whose client says nothing is closed.
            $0.activationTimeout = .hours(1)
        } _: { node, connect in
            let (waiting, _) = try await connect(#"{"op":"subscribe","args":["ticker:BTCUSDT"]}"#)
            let (_, silent) = try await connect()
            try await silent.setOption(.autoRead, value: false).get()
            // It answers no ping.
            try await node.until { node.clients < 2 }
            broker.confirm()
            #expect(await waiting.texts.elements(atLeast: 1).first?.contains(#""success":true"#) == true)
            #expect(node.clients == 1)
            try? await silent.close()
        }
    }
}
