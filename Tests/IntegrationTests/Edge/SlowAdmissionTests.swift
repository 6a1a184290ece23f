import EdgeNode
import NIOCore
import NIOPosix
import Platform
import Synchronization
import Testing

/// Thousands ask to come in at once, and nobody says for a while whether they may, over real sockets.
@Suite(.timeLimit(.minutes(10))) struct SlowAdmissionTests {
    private static let clients = 2000
    private static let places = 500
    /// So many that a crowd's subscribe is as long as its frame says.
    private static let streams = (0..<20).map { "ticker:QUIET\($0)USDT" }

    @Test func noMoreAreAskedForThanThereArePlacesAndWhoCrashesGivesItsPlaceBack() async throws {
        let gate = Gate()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await RunningNode.with {
            $0.maximumClients = Self.places
            $0.admission = gate
            $0.connection.handshakeTimeout = .seconds(60)
        } _: { node in
            let first = StormCrowd(on: group)
            try await first.connect(Self.clients, port: node.port, streams: Self.streams)
            try await node.until { first.refused.load(ordering: .relaxed) == Self.clients - Self.places }
            try await node.until { gate.asked.load(ordering: .relaxed) == Self.places }
            #expect(node.clients == Self.places && first.joined.load(ordering: .relaxed) == 0)
            try await first.crash()
            try await node.until { gate.givenUp.load(ordering: .relaxed) == Self.places && node.clients == 0 }

            let second = StormCrowd(on: group)
            try await second.connect(Self.places, port: node.port, streams: Self.streams)
            try await node.until { gate.asked.load(ordering: .relaxed) == 2 * Self.places }
            gate.isOpen.store(true, ordering: .relaxed)
            try await node.until { second.joined.load(ordering: .relaxed) == Self.places }
            #expect(second.refused.load(ordering: .relaxed) == 0 && node.clients == Self.places)
        }
        try await group.shutdownGracefully()
    }

    /// Lets nobody in before it is open.
    private final class Gate: Admission {
        let asked = Atomic(0)
        /// How many were cancelled.
        let givenUp = Atomic(0)
        let isOpen = Atomic(false)

        func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
            asked.add(1, ordering: .relaxed)
            while !isOpen.load(ordering: .relaxed) {
                do {
                    try await Task.sleep(for: .milliseconds(20))
                } catch {
                    givenUp.add(1, ordering: .relaxed)
                    break
                }
            }
            return .success(.anonymous)
        }
    }
}
