import EdgeNode
import NIOCore
import Stores
import Testing

@Suite(
    "A node that is told to stop announces that at once, not only when it would have announced itself",
    .timeLimit(.minutes(10))
)
struct LeavingAnnouncementTests {
    @Test func itIsKnownToLeave() async throws {
        let broker = InProcessBroker()
        let watch = NodeWatch()
        let change = { (configuration: inout EdgeNode.Configuration) in
            configuration.announcementInterval = .seconds(3600)
            configuration.drain.delay = .seconds(1)
            configuration.drain.total = .seconds(2)
        }
        try await watch.listening(over: broker, within: .seconds(300)) {
            try await RunningNode.with(broker: broker, change) { node in
                async let drained: Void = node.drain()
                let last = try await watch.wait(within: .seconds(300)) { $0.isLeaving }
                #expect(last?.isReady == false)
                try await drained
            }
        }
    }
}
