import Core
import Logging
import Platform
import Stores
import Testing

extension BrokerContract {
    /// What is made of its control channels: nodes announce themselves.
    static let nodes = [
        BrokerContract("shows who announces itself to whoever listens") { broker in
            let mark = ContractPublications.freshStream().canonical
            let quiet = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let announcers = (1...2).map { number in
                NodeAnnouncer(broker: broker, interval: .milliseconds(20), logger: quiet) {
                    var announcement = NodeAnnouncement(
                        id: "\(mark)-\(number)",
                        program: .edgeNode,
                        admin: "http://localhost:\(number)",
                        sentAt: WallClock.milliseconds()
                    )
                    announcement.load = NodeLoad(connections: number, limit: 10, streams: 3)
                    return announcement
                }
            }
            let running = announcers.map { announcer in Task { await announcer.run() } }
            let watch = NodeWatch()
            try await watch.listening(over: broker, within: .seconds(30)) {
                for number in 1...2 {
                    let node = try await watch.wait(within: .seconds(30)) { $0.id == "\(mark)-\(number)" }
                    #expect(node?.load == NodeLoad(connections: number, limit: 10, streams: 3))
                    #expect(node?.admin == "http://localhost:\(number)" && node?.release == Release.version)
                }
                #expect(!watch.nodes.contains { $0.id == "\(mark)-3" })
            }
            for task in running { task.cancel() }
            for task in running { await task.value }
        }
    ]
}
