import NIOCore
import Testing

@testable import Core
@testable import Stores

@Suite("Announcements in parts count as a whole or not at all")
struct DemandAssemblyTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func part(
        _ part: Int,
        of parts: Int,
        number: Int64 = 1,
        node: String = "n",
        verb: DemandMessage.Verb = .all
    ) -> DemandMessage {
        let name = StreamName(checked: "ticker.P\(part)")
        return DemandMessage(node: node, number: number, part: part, parts: parts, verb: verb, streams: [name])
    }

    private func whole(_ parts: Int, node: String = "n") -> DemandAnnouncement {
        DemandAnnouncement(node: node, change: .all(Set((0..<parts).map { StreamName(checked: "ticker.P\($0)") })))
    }

    @Test func theLastPartCompletesItInWhateverOrderTheyCome() {
        var assembly = DemandAssembly()
        #expect([2, 0, 2].map { assembly.take(part($0, of: 3), at: start) } == [nil, nil, nil])
        #expect(assembly.take(part(1, of: 3), at: start) == whole(3))
        #expect(assembly.count == 0)
    }

    @Test func nodesDoNotDisturbOneAnother() {
        var assembly = DemandAssembly()
        #expect(assembly.take(part(0, of: 2, node: "a"), at: start) == nil)
        #expect(assembly.take(part(0, of: 2, node: "b"), at: start) == nil)
        #expect(assembly.take(part(1, of: 2, node: "a"), at: start) == whole(2, node: "a"))
        #expect(assembly.take(part(1, of: 2, node: "b"), at: start) == whole(2, node: "b"))
    }

    @Test func anIncompleteOneIsDroppedWhenTheNodesNextComes() {
        var assembly = DemandAssembly()
        _ = assembly.take(part(0, of: 2), at: start)
        let next = part(0, of: 1, number: 2, verb: .add)
        #expect(assembly.take(next, at: start) == DemandAnnouncement(node: "n", change: .add(next.streams)))
        #expect(assembly.take(part(1, of: 2), at: start) == nil)
        #expect(assembly.take(part(0, of: 2, number: 3), at: start) == nil)
        #expect(assembly.take(part(1, of: 2, number: 4), at: start) == nil)
        #expect(assembly.take(part(0, of: 2, number: 4), at: start) == whole(2))
    }

    @Test func anIncompleteOneIsDroppedWhenItIsOld() {
        var assembly = DemandAssembly()
        _ = assembly.take(part(0, of: 2), at: start)
        let late = start + DemandAssembly.patience
        #expect(assembly.take(part(1, of: 2), at: late) == nil)
        #expect(assembly.take(part(0, of: 2), at: late + .seconds(1)) == whole(2))
    }

    @Test func partsThatDoNotBelongTogetherAreNotPutTogether() {
        var assembly = DemandAssembly()
        _ = assembly.take(part(0, of: 2), at: start)
        #expect(assembly.take(part(1, of: 2, verb: .add), at: start) == nil)
        #expect(assembly.take(part(0, of: 3), at: start) == nil)
        #expect(assembly.take(part(1, of: 2), at: start) == nil)
    }

    @Test func sendersOfPartsWithoutEndClaimNoMemory() {
        var assembly = DemandAssembly()
        for node in 0..<3 * DemandAssembly.maximumPending {
            let now = start + .nanoseconds(Int64(node))
            _ = assembly.take(part(0, of: 2, node: "\(node)"), at: now)
        }
        #expect(assembly.count == DemandAssembly.maximumPending)
        #expect(assembly.take(part(1, of: 2, node: "0"), at: start) == nil)
        let last = "\(3 * DemandAssembly.maximumPending - 1)"
        #expect(assembly.take(part(1, of: 2, node: last), at: start) == whole(2, node: last))
    }

    @Test func namesAreBoundedAcrossNodes() {
        var assembly = DemandAssembly()
        let names = Set((0..<DemandAnnouncement.maximumStreams).map { StreamName(checked: "ticker.A\($0)") })
        for node in 0...20 {
            var message = part(0, of: 2, node: "\(node)")
            message.streams = names
            _ = assembly.take(message, at: start + .nanoseconds(Int64(node)))
        }
        #expect(assembly.count == DemandAssembly.maximumNames / names.count)
        #expect(assembly.take(part(1, of: 2, node: "20"), at: start) == nil, "one name more than a node can want")
        #expect(assembly.count == DemandAssembly.maximumNames / names.count - 1)
    }
}
