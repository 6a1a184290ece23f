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
