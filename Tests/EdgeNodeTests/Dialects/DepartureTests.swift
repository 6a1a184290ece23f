import Core
import Testing

@testable import EdgeNode

/// With which codes a node's own dialects let clients go: clients act on them.
@Suite struct DepartureTests {
    private static let codes: [(Departure, UInt16)] = [
        (.drain, 1001), (.abuse, 1008), (.unanswered, 1011), (.overCapacity, 1013), (.idle, 4000),
        (.connectionLimit, 4003), (.slow, 4008), (.credentialsExpired, 4401), (.accessRevoked, 4403),
    ]

    @Test(arguments: DialectRegistry.tidegate.all)
    func eachHasItsCode(dialect: DialectID) {
        #expect(Self.codes.map(\.0) == Departure.allCases)
        for (departure, code) in Self.codes {
            #expect(DialectRegistry.tidegate[dialect].closeCode(for: departure).rawValue == code)
        }
    }
}
