import Logging
import NIOCore
import NIOHTTP1
import Platform
import Stores
import Synchronization
import TestSupport
import Testing

@testable import EdgeNode

@Suite("A node is ready while it can serve newcomers; whether a silent ingestor keeps them away is a setting")
struct ReadinessTests {
    private static let quiet = RateLimitedLogger(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    private static let never = "ingestor: no heartbeat of an ingestor heard yet"
    private static let silent = "ingestor: no heartbeat of the ingestor for 11 s"

    private let time: Time
    private let node = NodeState(maximumClients: 1)
    private let ingestor: IngestorMonitor

    init() {
        let time = Time()
        self.time = time
        ingestor = IngestorMonitor(timeout: .seconds(10), logger: Self.quiet) { time.now }
    }

    private func health(_ isReadyWithoutIngestor: Bool, broker: any Broker = HeldBroker()) -> EdgeHealth {
        var health = EdgeHealth(node: node, broker: broker, history: InProcessHistory(), ingestor: ingestor)
        health.isReadyWithoutIngestor = isReadyWithoutIngestor
        return health
    }

    private func beat() { beat(1, to: ingestor) }

    private func beat(_ epoch: UInt64, to ingestor: IngestorMonitor) {
        var upstream = UpstreamStatus()
        upstream.isConnected = true
        _ = ingestor.heard(Heartbeat(epoch: epoch, sentAt: 1, upstream: upstream).encoded())
    }

    @Test(arguments: [false, true])
    func beforeTheFirstHeartbeat(isReadyWithoutIngestor: Bool) {
        let health = health(isReadyWithoutIngestor)
        #expect(health.obstacles == (isReadyWithoutIngestor ? [] : [Self.never]))
        #expect(health.obstacles + health.shortcomings == [Self.never])
    }

    @Test(arguments: [false, true])
    func whenHeartbeatsStopAndComeAgain(isReadyWithoutIngestor: Bool) {
        let health = health(isReadyWithoutIngestor)
        beat()
        time.pass(seconds: 10)
        #expect(health.obstacles.isEmpty && health.shortcomings.isEmpty)
        time.pass(seconds: 1)
        #expect(health.obstacles == (isReadyWithoutIngestor ? [] : [Self.silent]))
        #expect(health.obstacles + health.shortcomings == [Self.silent])
        beat()
        #expect(health.obstacles.isEmpty && health.shortcomings.isEmpty)
    }

    /// Without its broker a node has nothing for anybody, and one that leaves is to be left.
    @Test(arguments: [false, true])
    func aBrokerThatIsAwayAndAFarewellAlwaysKeepNewcomersAway(isReadyWithoutIngestor: Bool) {
        beat()
        let health = health(isReadyWithoutIngestor, broker: HeldBroker(status: .disconnected(reason: "it is away")))
        #expect(health.obstacles == ["broker: it is away"])
        node.isLeaving.store(true, ordering: .relaxed)
        #expect(health.obstacles == ["draining", "broker: it is away"])
    }

    /// What it said last is no news of the exchange.
    @Test func ofASilentIngestorNobodyKnowsHowItsExchangeIs() {
        beat()
        let page = HealthPage(id: "n", health: health(false), shards: [])
        #expect(page.text.contains(#""upstream":"connected""#))
        time.pass(seconds: 11)
        #expect(page.text.contains(#""ingestor":"silent","upstream":"unknown""#))
        beat()
        #expect(page.text.contains(#""ingestor":"ok","upstream":"connected""#))
    }

    /// Two ingestors, each with a Redis of its own: the one that led higher has gone.
    @Test func aLeaderOfALowerTermThatIsHeardAloneIsSaid() {
        let log = CollectedLog()
        let limited = RateLimitedLogger(log.logger)
        let ingestor = IngestorMonitor(timeout: .seconds(10), logger: limited) { [time] in time.now }
        let health = EdgeHealth(node: node, broker: HeldBroker(), history: InProcessHistory(), ingestor: ingestor)
        beat(7, to: ingestor)
        beat(9, to: ingestor)
        #expect(log.lines == ["notice an ingestor is heard that leads in a higher term epoch=9 former_epoch=7"])
        beat(7, to: ingestor)
        #expect(health.obstacles.isEmpty && log.lines.count == 1, "the old leader's last words are nothing to tell")
        time.pass(seconds: 11)
        #expect(health.obstacles == [Self.silent])
        for _ in 0..<3 { beat(7, to: ingestor) }
        let words = "ingestor: heartbeats of a lower term (7 < 9) are heard and not followed: "
        #expect(health.obstacles.count == 1 && health.obstacles[0].hasPrefix(words))
        #expect(health.obstacles[0].hasSuffix("end that ingestor with SIGTERM, or its rival; see TidegateTwoLeaders"))
        #expect(log.lines.count == 2 && log.lines[1].hasPrefix("warning the only ingestor that is heard leads"))
        #expect(ingestor.refused == 4 && ingestor.last?.epoch == 9)
        beat(10, to: ingestor)
        #expect(health.obstacles.isEmpty)
    }

    @Test func theLogSaysWhenItIsNotReadyAndWhenItIsAgain() {
        let log = CollectedLog()
        var readiness = ReadinessLog(
            health(false),
            patience: .seconds(10),
            from: time.now,
            logger: RateLimitedLogger(log.logger)
        )
        readiness.look(at: time.now)
        #expect(log.lines.isEmpty, "it has only begun")
        beat()
        readiness.look(at: time.now)
        for _ in 0..<3 {
            time.pass(seconds: 11)
            readiness.look(at: time.now)
        }
        let lost = "warning not ready: newcomers should go elsewhere reason=\(Self.silent)"
        #expect(log.lines == [lost])
        beat()
        for _ in 0..<3 { readiness.look(at: time.now) }
        #expect(log.lines == [lost, "notice ready again "])
        node.isLeaving.store(true, ordering: .relaxed)
        readiness.look(at: time.now)
        #expect(log.lines.count == 2, "a node that leaves says so itself")
    }

    @Test func whoIsNeverReadySaysSoInTheEnd() {
        let log = CollectedLog()
        let logger = RateLimitedLogger(log.logger)
        var readiness = ReadinessLog(health(false), patience: .seconds(10), from: time.now, logger: logger)
        time.pass(seconds: 11)
        readiness.look(at: time.now)
        #expect(log.lines == ["warning not ready: newcomers should go elsewhere reason=\(Self.never)"])
    }

    @Test(arguments: [(1, true), (Int.max / 2000, false)])
    func aCertificateThatHasEndedIsANotice(end: Int, isTold: Bool) {
        beat()
        var health = health(false)
        health.certificateEnd = { end }
        let words = "certificate: it has ended: clients that check it do not come in"
        #expect(health.notices == (isTold ? [words] : []))
        #expect(health.obstacles.isEmpty && health.shortcomings.isEmpty, "who does not mind comes in")
    }

    @Test func theSettingIsTaken() throws {
        let settings = ResolvedSettings.defaults(for: .edgeNode)
        #expect(try !EdgeNode.Configuration(settings, dialects: .tidegate).isReadyWithoutIngestor)
        let changed = try settings.replacing(Settings.Stores.readyWithoutIngestor, with: true)
        #expect(try EdgeNode.Configuration(changed, dialects: .tidegate).isReadyWithoutIngestor)
    }
}

extension HealthPage {
    fileprivate var text: String {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
        guard case .now(let reply) = answer(HTTPRequest(head: head)) else { return "" }
        return String(buffer: reply.body)
    }
}

/// Stands still until a test lets time pass.
private final class Time: Sendable {
    private let passed = Atomic<Int64>(0)

    var now: NIODeadline { NIODeadline.uptimeNanoseconds(0) + .seconds(passed.load(ordering: .relaxed)) }

    func pass(seconds: Int64) { passed.wrappingAdd(seconds, ordering: .relaxed) }
}
