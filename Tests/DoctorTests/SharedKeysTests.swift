import Platform
import Stores
import Testing

@testable import Doctor

@Suite("Processes that don't take what others sign are named, and no key is")
struct SharedKeysTests {
    private static func node(_ id: String, resume: [String], control: [String] = ["c"]) -> NodeAnnouncement {
        var node = NodeAnnouncement.node(id)
        node.keys = marks(resume, control)
        return node
    }

    private static func marks(_ resume: [String], _ control: [String] = ["c"]) -> KeyMarks {
        var marks = KeyMarks()
        marks.resume = resume
        marks.control = control
        return marks
    }

    private static func findings(_ nodes: [NodeAnnouncement], ours: KeyMarks = marks(["k"])) -> [Finding] {
        SharedKeysCheck.findings(nodes, ours: ours, takesClients: true)
    }

    @Test func theSameKeysAreFine() {
        let findings = Self.findings([Self.node("a", resume: ["k"]), Self.node("b", resume: ["k"])])
        #expect(findings.words == ["fine: all that tell it, 2, take what the others sign"])
        #expect(Self.findings([.node("old")]).isEmpty, "an earlier release does not tell")
    }

    /// The new one first comes behind the old one everywhere, then in front of it.
    @Test func aKeyThatIsBeingChangedAsItShouldBeIsFine() {
        let first = [Self.node("a", resume: ["k", "l"]), Self.node("b", resume: ["k"])]
        #expect(Self.findings(first).grades == [.fine])
        let then = [Self.node("a", resume: ["l", "k"]), Self.node("b", resume: ["k", "l"])]
        #expect(Self.findings(then, ours: Self.marks(["l", "k"])).grades == [.fine])
    }

    @Test func whoDoesNotTakeWhatAnotherSignsIsNamed() {
        let findings = Self.findings([Self.node("a", resume: ["k"]), Self.node("b", resume: ["l", "k"])])
        let words =
            "RESUME_TOKEN_KEY: edge-node a on host-a, this configuration does not take what edge-node b on host-b signs"
        #expect(findings.grades == [.problem] && findings.first(.problem, words) != nil)
        #expect(findings.first?.place == "RESUME_TOKEN_KEY")
    }

    @Test func oneWithoutAKeyIsNamedWhereOthersHaveOne() {
        let findings = Self.findings([Self.node("a", resume: ["k"], control: []), Self.node("b", resume: ["k"])])
        #expect(
            findings.first(.problem, "CONTROL_KEY: it is not set for edge-node a on host-a, and is for others") != nil
        )
        let nobody = [Self.node("a", resume: [], control: []), Self.node("b", resume: [], control: [])]
        #expect(Self.findings(nobody, ours: Self.marks([], [])).grades == [.fine])
    }

    /// Its resume tokens are nobody's: it signs none.
    @Test func anIngestorIsAskedForTheKeyOfCommandsOnly() {
        var ingestor = NodeAnnouncement.ingestor("i", leads: true)
        ingestor.keys = Self.marks([], ["d"])
        let findings = Self.findings([ingestor, Self.node("a", resume: ["k"])])
        #expect(findings.count == 2 && findings.allSatisfy { $0.place == "CONTROL_KEY" && $0.grade == .problem })
    }

    @Test func noMoreThanSoManyAreTold() {
        let nodes = (0..<50).map { Self.node("\($0)", resume: ["k\($0)"]) }
        let findings = Self.findings(nodes, ours: Self.marks(["k0"]))
        #expect(findings.count == SharedKeysCheck.maximum + 1)
        #expect(
            findings.last?.what == "RESUME_TOKEN_KEY: and \(50 * 49 - SharedKeysCheck.maximum) more such differences"
        )
    }
}
