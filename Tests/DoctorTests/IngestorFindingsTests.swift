import Stores
import Testing

@testable import Doctor

@Suite("By heartbeats it is told who leads, and how the exchange is")
struct IngestorFindingsTests {
    private static func heartbeat(_ epoch: UInt64, _ change: (inout UpstreamStatus) -> Void = { _ in }) -> Heartbeat {
        var upstream = UpstreamStatus()
        upstream.isConnected = true
        change(&upstream)
        return Heartbeat(epoch: epoch, sentAt: 0, upstream: upstream)
    }

    private static func findings(_ heartbeats: [Heartbeat], isIngestor: Bool = false) -> [Finding] {
        let nodes: [NodeAnnouncement] = [.ingestor("a", leads: true), .ingestor("b", leads: false)]
        return IngestorCheck.findings(.of(nodes, heartbeats), after: .seconds(6), isIngestor: isIngestor)
    }

    @Test func oneLeads() {
        #expect(Self.findings([Self.heartbeat(7)]).words == ["fine: one leads, in term 7; 1 stand by"])
    }

    @Test func nobodyLeads() {
        #expect(Self.findings([]).words == ["problem: no ingestor was heard for 6 s; 1 stand by"])
        #expect(Self.findings([], isIngestor: true).grades == [.note])
    }

    @Test func twoLead() {
        let findings = Self.findings([Self.heartbeat(8), Self.heartbeat(7)])
        #expect(findings.words.last == "warning: ingestors of the terms 8, 7 were heard")
    }

    /// A handover has two terms, too: one after the other.
    @Test func twoThatLeadSideBySideAreAProblem() {
        var heard = Heard.of([], [Self.heartbeat(8), Self.heartbeat(7)])
        heard.overlap = .seconds(3)
        let finding = IngestorCheck.findings(heard, after: .seconds(6), isIngestor: false).last
        #expect(finding?.grade == .problem && finding?.what.contains("8, 7 lead at the same time") == true)
        #expect(finding?.advice?.contains("then the right one, too") == true)
        heard.overlap = .seconds(2)
        #expect(IngestorCheck.findings(heard, after: .seconds(6), isIngestor: false).last?.grade == .warning)
    }

    @Test(
        arguments: [
            // When each term was heard, in seconds, and how long two were side by side.
            ([:], 0), ([7: [0, 1, 2]], 0), ([7: [0, 1, 2], 8: [3, 4]], 0), ([7: [0, 1, 2], 8: [2, 3]], 0),
            ([7: [0, 1, 2, 3, 4], 8: [1, 2, 3]], 2), ([7: [0, 4], 8: [4, 5], 9: [1, 5]], 3),
        ] as [([UInt64: [Int]], Int)]
    )
    func howLongTwoWereSideBySide(times: [UInt64: [Int]], seconds: Int) {
        var spans = HeartbeatSpans()
        let start = ContinuousClock.now
        for (epoch, times) in times { for time in times { spans.hear(epoch, at: start + .seconds(time)) } }
        #expect(spans.overlap == .seconds(seconds))
    }

    @Test(arguments: [(7, false), (8, false), (6, true), (nil, true)] as [(UInt64?, Bool)])
    func aRedisThatHasNotGivenTheTermIsAnother(term: UInt64?, isAnother: Bool) {
        let findings = SharedLease(term: term, place: "REDIS_URL, default").findings(of: 7)
        #expect(findings.grades == (isAnother ? [.problem] : []))
        #expect(findings.allSatisfy { $0.what.contains("do not share a Redis") && $0.place == "REDIS_URL, default" })
    }

    @Test func theExchangeIsAway() {
        let findings = Self.findings([
            Self.heartbeat(7) {
                $0.isConnected = false
                $0.isSimulated = true
                $0.problems = ["banned"]
                $0.notices = ["waits"]
            }
        ])
        #expect(findings.grades == [.fine, .problem, .problem, .note, .warning])
        #expect(findings.first(.problem, "upstream: banned") != nil)
    }

    @Test func whatCannotBeReadIsCounted() {
        var heard = Heard.of([], [Self.heartbeat(7)])
        heard.unreadableHeartbeats = 3
        let findings = IngestorCheck.findings(heard, after: .seconds(6), isIngestor: false)
        #expect(findings.first(.warning, "3 messages on its channel could not be read") != nil)
    }
}
