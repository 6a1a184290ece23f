import Core
import Testing

@Suite("Several catalogs are as one")
struct CompositeCatalogTests {
    private static func catalog(_ patterns: [(String, DeliveryClass)]) throws -> PatternCatalog {
        PatternCatalog(try patterns.map { StreamKind(try StreamPattern($0), $1) })
    }

    private let catalog: CompositeCatalog

    init() throws {
        catalog = CompositeCatalog([
            try Self.catalog([("heat.{1..9}", .latest), ("rain.{word}", .event)]),
            try Self.catalog([("heat.{word}", .event), ("wind.{word}", .event)]),
        ])
    }

    @Test func theFirstThatKnowsANameSaysWhatItIs() throws {
        #expect(try catalog.resolve("heat.3", in: .op).deliveryClass == .latest)
        #expect(try catalog.resolve("wind.x", in: .op).deliveryClass == .event)
        #expect(try catalog.resolve("heat.x", in: .op).deliveryClass == .event)
        #expect(catalog.descriptor(of: try StreamName(canonical: "heat.x"))?.deliveryClass == .event)
        #expect(catalog.descriptor(of: try StreamName(canonical: "snow.x")) == nil)
    }

    @Test func theOneThatKnowsTheKindSaysWhyANameIsNone() {
        let error = StreamNameError.invalid("Invalid wind stream: wind. Expected one of ['wind.{word}']")
        #expect(throws: error) { try catalog.resolve("wind", in: .op) }
    }

    @Test func whatNoneKnowsIsAnsweredWithTheKindsOfAll() {
        let error = StreamNameError.unknownType("snow", expected: ["heat", "rain", "wind"])
        #expect(throws: error) { try catalog.resolve("snow.x", in: .op) }
        #expect(error.description == "Invalid stream type: snow. Expected one of ['heat', 'rain', 'wind']")
        #expect(throws: error) { try catalog.resolve(try StreamName(canonical: "snow.x")) }
    }

    @Test func withoutAnyNothingIsAStream() {
        #expect(throws: StreamNameError.invalid("There are no streams")) {
            try CompositeCatalog([]).resolve("heat.3", in: .op)
        }
    }
}
