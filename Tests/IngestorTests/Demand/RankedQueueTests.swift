import TestSupport
import Testing

@testable import FeedKit

@Suite("What waits has its turn by place, and then by arrival")
struct RankedQueueTests {
    private func drain(_ queue: inout RankedQueue<String>) -> [String] {
        var all: [String] = []
        while let next = queue.first() {
            all.append(next)
            queue.remove(next)
        }
        return all
    }

    @Test func theLowestPlaceIsFirstAndOfOnePlaceTheFirstThatCame() {
        var queue = RankedQueue<String>()
        for (arrival, (name, place)) in [("c", 2), ("a", 1), ("b", 1), ("z", 9), ("first", -1)].enumerated() {
            queue.insert(name, at: place, arrival: UInt64(arrival))
        }
        #expect(queue.count == 5)
        #expect(queue.last().map { [$0.element, "\($0.place)"] } == ["z", "9"])
        #expect(drain(&queue) == ["first", "a", "b", "c", "z"])
        #expect(queue.first() == nil && queue.last() == nil)
    }

    @Test func oneThatAdvancesKeepsItsArrivalAndNeverGoesBack() {
        var queue = RankedQueue<String>()
        for (arrival, name) in ["a", "b", "c"].enumerated() { queue.insert(name, at: 5, arrival: UInt64(arrival)) }
        queue.advance("c", to: 1)
        queue.advance("a", to: 9)
        queue.advance("stranger", to: 0)
        #expect(queue.count == 3)
        #expect(drain(&queue) == ["c", "a", "b"])
    }

    @Test func itAgreesWithASortedList() {
        var generator = SeededGenerator(seed: 3)
        var queue = RankedQueue<Int>()
        var model: [Int: (place: Int, arrival: UInt64)] = [:]
        for arrival in 0..<20_000 as Range<UInt64> {
            let element = Int.random(in: 0..<50, using: &generator)
            if Bool.random(using: &generator) {
                let place = Int.random(in: 0..<5, using: &generator)
                queue.insert(element, at: place, arrival: arrival)
                model[element] = (place, arrival)
            } else {
                queue.remove(element)
                model[element] = nil
            }
            let least = model.min { ($0.value.place, $0.value.arrival) < ($1.value.place, $1.value.arrival) }
            #expect(queue.first() == least?.key && queue.count == model.count)
        }
    }
}
