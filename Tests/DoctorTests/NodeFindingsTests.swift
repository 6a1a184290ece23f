import NIOCore
import Platform
import Stores
import Testing

@testable import Doctor

@Suite("What nodes announce is judged: full ones, lopsided ones, wrong clocks, other releases")
struct NodeFindingsTests {
    @Test func eachNodeIsTold() {
        let findings = NodesCheck.findings(.of([.node("a", connections: 400), .node("b", connections: 900)]))
        #expect(findings.first(.fine, "edge-node a on host-a has 400 of 1000 clients, and 3 streams") != nil)
        #expect(findings.first(.warning, "hardly any are free")?.place == "host-b")
        let full = NodesCheck.findings(.of([.node("a", connections: 1000)]))
        #expect(full.grades == [.problem] && full.first(.problem, "none are free: newcomers get 503") != nil)
    }

    @Test func whereNobodyAnnouncesItselfThatIsAWarning() {
        #expect(NodesCheck.findings(.of([])).grades == [.warning])
        #expect(NodesCheck.findings(.of([.ingestor("i", leads: true)])).grades == [.warning])
    }

    @Test(arguments: [([100, 100], false), ([200, 0], true), ([140, 100], false), ([400, 100, 100], true)])
    func whoHasFarMoreThanOthersIsNamed(connections: [Int], isTold: Bool) {
        let nodes = connections.enumerated().map { NodeAnnouncement.node("n\($0)", connections: $1) }
        let finding = NodesCheck.findings(.of(nodes)).first(.note, "and the mean is")
        #expect((finding != nil) == isTold)
        #expect(finding == nil || finding?.advice?.hasPrefix("tidegate rebalance") == true)
    }

    @Test(
        arguments: [
            (0, Finding.Grade.fine), (900, .fine), (-5000, .warning), (90_000, .problem), (.max, .problem),
        ] as [(Int64, Finding.Grade)]
    )
    func aWrongClockIsTold(ahead: Int64, grade: Finding.Grade) {
        let findings = NodesCheck.findings(.of([.node("a")], clockAhead: ahead))
        #expect((findings.first(grade, "the clock of edge-node a") != nil) == (grade != .fine))
        #expect(findings.count == (grade == .fine ? 1 : 2))
    }

    @Test func whoWasToldToStopIsNoWarning() {
        var node = NodeAnnouncement.node("a", connections: 1000)
        node.isLeaving = true
        #expect(NodesCheck.findings(.of([node])).grades == [.note])
    }

    @Test func whoIsNotReadyIsAWarning() {
        var node = NodeAnnouncement.node("a")
        node.isReady = false
        let findings = NodesCheck.findings(.of([node]))
        #expect(findings.grades == [.warning] && findings.first(.warning, "it is not ready") != nil)
    }

    /// Whoever may write to the broker can name any address. That not all were asked is said.
    @Test func noMoreThanSoManyAreAsked() {
        let nodes = (0..<NodePagesCheck.maximum + 3).map { index in
            var node = NodeAnnouncement.node("n\(index)")
            node.admin = "http://10.0.0.1:\(index + 1)"
            return node
        }
        let (asked, others) = NodePagesCheck.choice(of: [.node("x")] + nodes, on: "here")
        #expect(asked.map(\.node.id) == nodes.prefix(NodePagesCheck.maximum).map(\.id))
        #expect(others.words == ["warning: 3 more that announce themselves were not asked: no more than 32 are"])
        let (_, none) = NodePagesCheck.choice(of: Array(nodes.prefix(NodePagesCheck.maximum)), on: "here")
        #expect(none.isEmpty)
    }

    @Test(arguments: [
        ("http://127.0.0.1:9000", false), ("http://localhost:9000", false), ("http://[::1]:9000", false),
        ("http://10.0.0.1:9000", true), ("https://pod-7:9000", true),
    ])
    func whatLeadsBackToThisMachineIsAnothersOnlyByItsWords(admin: String, isAsked: Bool) {
        var node = NodeAnnouncement.node("a")
        node.admin = admin
        let (asked, others) = NodePagesCheck.choice(of: [node], on: "another")
        #expect(asked.map(\.admin) == (isAsked ? [admin] : []))
        #expect(others.grades == (isAsked ? [] : [.note]))
        #expect(NodePagesCheck.choice(of: [node], on: node.host).asked.count == 1)
    }

    @Test func releasesThatDifferAreTold() {
        let same = ReleasesCheck.findings([.node("a"), .ingestor("i", leads: true)], ours: Release.version)
        #expect(same.grades == [.fine])
        #expect(ReleasesCheck.findings([.node("a", release: "7.0")], ours: "8.0").grades == [.note])
        #expect(ReleasesCheck.findings([], ours: "8.0").grades == [.fine])
        let mixed = ReleasesCheck.findings([.node("a", release: "7.0"), .node("b", release: "7.1")], ours: "7.1")
        #expect(
            mixed.words == [
                "warning: they are of different releases (7.0: edge-node on host-a; 7.1: edge-node on host-b)"
            ]
        )
    }

    @Test(
        arguments: [
            (200, "{}", ["fine: x is healthy"]), (200, #"{"id":"n"}"#, ["fine: x is healthy"]),
            (200, #"{"id":"m"}"#, ["warning: another answers in the place of x: m"]),
            (
                503, #"{"status":"degraded","id":"m","problems":["broker: away"]}"#,
                ["warning: another answers in the place of x: m"]
            ),
            (
                401, "{}",
                ["note: something in front of x asks for a token (HTTP 401); /health asks for none"]
            ),
            (
                503, #"{"problems":["broker: away","history: late"]}"#,
                ["problem: x: broker: away", "problem: x: history: late"]
            ),
            (
                503, #"{"role":"leader","reason":"the exchange is disconnected"}"#,
                ["problem: x: the exchange is disconnected"]
            ),
            (500, "no JSON", ["warning: x answers with HTTP 500"]),
        ] as [(Int, String, [String])]
    )
    func whatANodeSaysOfItselfIsTold(status: Int, body: String, words: [String]) {
        let findings = NodePagesCheck.findings(status, ByteBuffer(string: body), of: "x", id: "n", at: "http://x:1")
        #expect(findings.words == words)
    }
}
