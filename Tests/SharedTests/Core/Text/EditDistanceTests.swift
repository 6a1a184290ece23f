import TestSupport
import Testing

@testable import Core

@Suite("How far two names are apart is said exactly, up to a bound")
struct EditDistanceTests {
    /// Row by row, as the books have it.
    private func plain(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.utf8), Array(second.utf8))
        var previous = Array(0...second.count)
        for (row, byte) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                let substitution = previous[column] + (byte == other ? 0 : 1)
                current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[second.count]
    }

    private func word(_ length: Int, _ generator: inout some RandomNumberGenerator) -> String {
        String((0..<length).map { _ in "ABC".randomElement(using: &generator) ?? "A" })
    }

    @Test func itIsThatOfThePlainWay() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let first = word(.random(in: 1...64, using: &generator), &generator)
            let second = word(.random(in: 0...70, using: &generator), &generator)
            let expected = plain(first, second)
            let measure = try #require(EditDistance(from: first.utf8))
            let bound = Int.random(in: 0...70, using: &generator)
            #expect(measure.distance(to: second.utf8, atMost: .max) == expected, "\(first) \(second)")
            #expect(measure.distance(to: second.utf8, atMost: bound) == (expected <= bound ? expected : nil))
        }
    }

    @Test func nothingAndWhatIsTooLongHaveNone() {
        #expect(EditDistance(from: "".utf8) == nil)
        #expect(EditDistance(from: String(repeating: "A", count: 65).utf8) == nil)
    }
}
