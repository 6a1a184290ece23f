import Core
import NIOCore
import NIOPosix
import NIOSSL
import Platform
import Testing

@testable import EdgeNode

/// A client that reads slowly, but without a pause, stays; and what it reads is not old.
@Suite(.timeLimit(.minutes(10))) struct SteadyClientTests {
    /// How old what a client reads may be at most, in 99 of 100 messages: what its link needs for one state of each of its
    /// streams and for its own receive buffer, and a second. Under TLS also for a record, which is of no use before
    /// its end, and the one before it.
    private struct Case: Sendable {
        var bytesPerSecond: Int
        var hasBooks: Bool
        var seconds: Double
    }

    private static let cases = [
        Case(bytesPerSecond: 25_000, hasBooks: false, seconds: 2),
        Case(bytesPerSecond: 25_000, hasBooks: true, seconds: 5),
        Case(bytesPerSecond: 12_000, hasBooks: false, seconds: 4),
        Case(bytesPerSecond: 12_000, hasBooks: true, seconds: 7),
        Case(bytesPerSecond: 6000, hasBooks: false, seconds: 6),
        Case(bytesPerSecond: 6000, hasBooks: true, seconds: 12),
    ]
    private static let recordBytes = 5000.0
    private static let running = Duration.seconds(14)
    private static let patience = Duration.seconds(60)
    private static let attempts = 3
    private static let symbols = (0..<10).map { "S\($0)USDT" }
    private static let tickers = symbols.map { "ticker.\($0)" }
    private static let books = symbols.map { "depth.50.\($0)" }

    /// The best of a few rounds: a machine that is busy with something else makes a message old, and nothing makes one new.
    @Test(arguments: [false, true]) func whoReadsSlowlyStaysAndWhatItReadsIsNotOld(isTLS: Bool) async throws {
        var old: [String] = []
        for _ in 0..<Self.attempts {
            old = try await round(isTLS: isTLS)
            if old.isEmpty { return }
            print("old, and so once more: \(old)")
        }
        #expect(old == [])
    }

    /// Who read what was older than it may be.
    private func round(isTLS: Bool) async throws -> [String] {
        var old: [String] = []
        let files = isTLS ? try TestCertificateFiles() : nil
        defer { files?.remove() }
        let certificate = try files.map { try ServerCertificate(chainFile: $0.certificate, keyFile: $0.key) }
        var tls: NIOSSLContext?
        if let files {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(files.certificate)
            tls = try NIOSSLContext(configuration: configuration)
        }
        try await RunningNode.with {
            $0.certificate = certificate
            // Sooner than a pong comes through what is in front of it.
            ($0.connection.pingInterval, $0.connection.pingTimeout) = (.seconds(3), .seconds(2))
        } _: { node in
            // A loop of their own: others must not keep them from reading.
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            try await publish(0, to: node)
            var clients: [(Case, SteadyReader, any Channel)] = []
            for one in Self.cases {
                let (reader, channel) = try await SteadyReader.connect(
                    to: node.port,
                    streams: Self.tickers + (one.hasBooks ? Self.books : []),
                    bytesPerSecond: one.bytesPerSecond,
                    tls: tls,
                    on: group
                )
                clients.append((one, reader, channel))
            }
            let start = ContinuousClock.now
            var step = 0
            // In a busy machine's first seconds a receive buffer may take all.
            while ContinuousClock.now < start + Self.running
                || clients.contains(where: { $0.1.found.conflated == 0 }) && ContinuousClock.now < start + Self.patience
            {
                step += 1
                try await publish(step, to: node)
                try await Task.sleep(for: .milliseconds(50))
            }
            for (one, reader, channel) in clients {
                let found = reader.found
                #expect(found.close == nil, "\(one)")
                #expect(found.broken == [], "\(one)")
                #expect(found.conflated > 0, "\(one)")
                let (usual, most) = (found.age(percentile: 0.5), found.age(percentile: 0.99))
                print("age of data, tls \(isTLS), \(one): p50 \(usual), p99 \(most)")
                let bound = one.seconds + (isTLS ? 2 * Self.recordBytes / Double(one.bytesPerSecond) : 0)
                if most >= bound { old.append("\(one): \(most)") }
                // No stream starves another.
                #expect(found.newest.count == (one.hasBooks ? 20 : 10), "\(one)")
                if found.staleness >= 2 * one.seconds { old.append("\(one): a stream of \(found.staleness)") }
                try? await channel.close()
            }
            try await group.shutdownGracefully()
            #expect(node.counters.slowConsumersClosed.get() == 0)
        }
        return old
    }

    /// One more of each stream: about 90,000 bytes a second where it is every 50 ms.
    private func publish(_ step: Int, to node: RunningNode) async throws {
        var batch: [Publication] = []
        for name in Self.tickers {
            let data = #"{"symbol":"X","price":"\#(step).5","volume24h":"123456.789","pad":"\#(Self.padding)"}"#
            batch.append(try publication(name, step, .update, data))
        }
        for name in Self.books {
            func side(_ prices: Range<Int>) -> String {
                prices.map { #"["\#($0).5","\#(step).123"]"# }.joined(separator: ",")
            }
            let (bids, asks) = step == 0 ? (side(100..<150), side(200..<250)) : (side(149..<150), side(200..<202))
            let data = #"{"symbol":"X","bids":[\#(bids)],"asks":[\#(asks)],"updateId":\#(step + 1)}"#
            batch.append(try publication(name, step, step == 0 ? .snapshot : .update, data))
        }
        try await node.publish(batch)
    }

    private static let padding = String(repeating: "x", count: 200)

    private func publication(_ name: String, _ step: Int, _ kind: Publication.Kind, _ data: String) throws
        -> Publication
    {
        Publication(
            stream: try StreamName(canonical: name),
            position: Position(epoch: 1, sequence: UInt64(step + 1)),
            kind: kind,
            exchangeTime: WallClock.milliseconds(),
            ingestTime: 1,
            data: ByteBuffer(string: data)
        )
    }
}
