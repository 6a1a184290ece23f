import Testing

@testable import Platform

@Suite struct CounterTableTests {
    @Test func knownKeysAreToldFromTheBeginning() {
        let table = CounterTable<String, OneThread>(["a", "b"], other: "other")
        #expect(table.values == ["a": 0, "b": 0])
        table.add("b", 2)
        table.cell("b").add()
        #expect(table.values == ["a": 0, "b": 3])
    }

    @Test func whatComesBeyondTheBoundIsCountedTogether() {
        let table = CounterTable<String, AnyThread>(bound: 2, other: "other")
        for key in ["a", "b", "c", "d", "a"] { table.add(key) }
        #expect(table.values == ["a": 2, "b": 1, "other": 2])
    }

    @Test func theSumsOfSeveral() {
        #expect([["a": 1, "b": 2], ["b": 3], [:]].totals() == ["a": 1, "b": 5])
    }
}
