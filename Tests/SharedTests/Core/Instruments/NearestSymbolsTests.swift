import Testing

@testable import Core

@Suite("Invented names cost a node only so much")
struct NearestSymbolsTests {
    private let start = ContinuousClock.now

    @Test func whatWasFoundIsRememberedUntilThereIsAnotherList() throws {
        let list = try #require(InstrumentList(["BTCUSDT"]))
        var nearest = NearestSymbols()
        #expect(nearest.answer(for: "BTCUSD", in: list, at: start) == .unknown)
        nearest.remember(["BTCUSDT"], for: "BTCUSD")
        #expect(nearest.answer(for: "BTCUSD", in: list, at: start) == .known(["BTCUSDT"]))
        nearest.forget()
        #expect(nearest.answer(for: "BTCUSD", in: list, at: start) == .unknown)
    }

    @Test func thereIsABoundOnNames() {
        var nearest = NearestSymbols()
        var most = 0
        for number in 0..<(2 * NearestSymbols.maximumCount) {
            nearest.remember([], for: "NAME\(number)")
            most = max(most, nearest.count)
        }
        #expect(most == NearestSymbols.maximumCount)
    }

    @Test func inOneSecondSoManyAreComparedAndInTheNextAgain() throws {
        let list = try #require(InstrumentList((0..<10_000).map { "S\($0)" }))
        var nearest = NearestSymbols()
        nearest.remember(["S1"], for: "S")
        let places = NearestSymbols.comparisonsPerSecond / 10_000
        for number in 0..<places {
            #expect(nearest.answer(for: "NAME\(number)", in: list, at: start) == .unknown)
        }
        #expect(nearest.answer(for: "NAME", in: list, at: start + .milliseconds(999)) == .tooMany)
        #expect(nearest.answer(for: "S", in: list, at: start) == .known(["S1"]))
        #expect(nearest.answer(for: "NAME", in: list, at: start + .seconds(1)) == .unknown)
    }
}
