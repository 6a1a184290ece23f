import Logging
import Platform
import Stores
import TestSupport
import Testing

@Suite("A process announces itself again and again, and at once when it is asked", .timeLimit(.minutes(1)))
struct NodeAnnouncerTests {
    private let quiet = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    private func announcer(_ broker: any Broker, every interval: Duration) -> NodeAnnouncer {
        NodeAnnouncer(broker: broker, interval: interval, logger: quiet) {
            NodeAnnouncement(id: "n", program: .edgeNode, admin: nil, sentAt: WallClock.milliseconds())
        }
    }

    @Test func itGoesOn() async throws {
        let broker = ProbedBroker()
        let announcer = announcer(broker, every: .milliseconds(5))
        let running = Task { await announcer.run() }
        _ = await broker.sent.elements(atLeast: 3)
        running.cancel()
        await running.value
    }

    @Test func itDoesNotWaitWhenItIsAsked() async throws {
        let broker = ProbedBroker()
        let announcer = announcer(broker, every: .seconds(3600))
        let running = Task { await announcer.run() }
        _ = await broker.sent.elements(atLeast: 1)
        announcer.announceNow()
        _ = await broker.sent.elements(atLeast: 2)
        running.cancel()
        await running.value
    }

    @Test(
        arguments: [
            ("0.0.0.0", 8000, "http://pod:8000"), ("::", 8000, "http://pod:8000"), ("", 9000, "http://pod:9000"),
            ("10.0.0.7", 1, "http://10.0.0.7:1"), ("fe80::1", 80, "http://[fe80::1]:80"), ("0.0.0.0", 0, nil),
        ] as [(String, Int, String?)]
    )
    func whereOthersReachItsPages(host: String, port: Int, address: String?) {
        #expect(NodeAddress.text(host: host, port: port, name: "pod") == address)
        #expect(NodeAddress.text(host: host, port: nil, name: "pod") == nil)
        #expect(NodeAddress.text(host: "h", port: 1, name: "pod", isSecure: true) == "https://h:1")
    }

    /// Whoever asks there asks itself.
    @Test(
        arguments: [
            ("localhost", true), ("LOCALHOST", true), ("a.localhost", true), ("127.0.0.1", true), ("127.8.9.10", true),
            ("::1", true), ("::ffff:127.0.0.1", true), ("0.0.0.0", true), ("::", true), ("10.0.0.7", false),
            ("pod-7", false), ("localhost.example", false), ("fe80::1", false), ("1.0.0.127", false),
        ] as [(String, Bool)]
    )
    func whatOnlyTheMachineItselfReaches(host: String, isLocal: Bool) { #expect(NodeAddress.isLocal(host) == isLocal) }
}
