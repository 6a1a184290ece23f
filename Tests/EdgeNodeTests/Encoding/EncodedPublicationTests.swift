import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite struct EncodedPublicationTests {
    private let encoder: FrameEncoder

    init() throws { encoder = FrameEncoder(stream: try StreamName(canonical: "ticker.BTCUSDT"), brand: "b") }

    @Test func framesAreMadeForTheDialectsInUseAndNoOthers() throws {
        var dialects = DialectSet()
        dialects.insert(.op)
        dialects.insert(.type)
        let publication = try Publication.ticker(3)
        for opensEpoch in [false, true] {
            let encoded = EncodedPublication(publication, opensEpoch: opensEpoch, encoder: encoder, dialects: dialects)
            #expect(encoded.frame(in: .op) == encoder.frame(publication, in: .op, tellsEpoch: opensEpoch))
            #expect(encoded.frame(in: .type) == encoder.frame(publication, in: .type))
            #expect(encoded.frame(in: .action) == nil)
        }
    }

    @Test(arguments: [Publication.Kind.gap(.upstream), .refusal])
    func whatHasNoDataHasNoFrames(kind: Publication.Kind) throws {
        var dialects = DialectSet()
        for dialect in Dialect.allCases { dialects.insert(dialect) }
        let encoded = EncodedPublication(try .ticker(3, kind), opensEpoch: false, encoder: encoder, dialects: dialects)
        for dialect in Dialect.allCases { #expect(encoded.frame(in: dialect) == nil) }
    }

    @Test func aDialectSetHoldsWhatWasInserted() {
        var set = DialectSet()
        for (index, dialect) in Dialect.allCases.enumerated() {
            #expect(!set.contains(dialect))
            set.insert(dialect)
            #expect(Dialect.allCases.map(set.contains).filter { $0 }.count == index + 1)
        }
    }
}
