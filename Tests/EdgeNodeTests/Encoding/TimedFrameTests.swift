import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite("A frame that tells times has them in front of its data, and is otherwise as without them")
struct TimedFrameTests {
    private func text(of encoder: any FrameEncoder, _ publication: Publication, first: UInt64? = nil) -> String {
        var frame = encoder.frame(of: publication, first: first, tellsEpoch: false)
        guard case .text(let text)? = ServerFrame.read(from: &frame).first else { return "no text frame" }
        return text
    }

    private func timed(
        _ publication: Publication,
        _ dialect: any Dialect,
        first: UInt64? = nil,
        sent: Int64 = 1_704_063_600_012_007
    ) -> String {
        text(of: dialect.encoder(of: .of(publication.stream), timedBy: { sent }), publication, first: first)
    }

    private func untimed(_ publication: Publication, _ dialect: any Dialect, first: UInt64? = nil) -> String {
        text(of: dialect.encoder(of: .of(publication.stream)), publication, first: first)
    }

    @Test func framesOfEachDialectAreExact() throws {
        var update = try Publication.ticker(5, epoch: 7)
        update.ingestTime = 1_704_063_600_008_250
        let times =
            #""times":{"exchange":1704063600000.000,"ingest":1704063600008.250,"sent":1704063600012.007}"#
        #expect(
            timed(update, DialectRegistry.tidegate[.op])
                == #"{"stream":"tidegate.futures.ticker.BTCUSDT","type":"update","seq":5,\#(times),"data":{"price":"1.5"},"timestamp":1704063600000,"source":"tidegate"}"#
        )
        #expect(
            timed(update, DialectRegistry.tidegate[.action])
                == #"{"stream":"ticker.btc_usdt","type":"update","seq":5,\#(times),"data":{"price":"1.5"},"timestamp":1704063600000}"#
        )
        let guide = DialectRegistry.tidegate[.guide]
        #expect(timed(update, guide) == untimed(update, guide), "its frames have no place for them")
    }

    @Test(
        arguments: [
            (5, .update, nil, #""type":"update","seq":5,"times":{"#),
            (5, .update, 3, #""type":"update","seq":5,"first":3,"times":{"#),
            (5, .snapshot, nil, #""type":"snapshot","seq":5,"epoch":1,"times":{"#),
            (5, .snapshot, 3, #""type":"snapshot","seq":5,"first":3,"epoch":1,"times":{"#),
            (0, .transient, nil, #""type":"transient","times":{"#),
        ] as [(UInt64, Publication.Kind, UInt64?, String)]
    )
    func theyStandInFrontOfTheData(
        _ sequence: UInt64,
        _ kind: Publication.Kind,
        _ first: UInt64?,
        _ beginning: String
    ) throws {
        var publication = try Publication.ticker(sequence, kind)
        for id in [DialectID.op, .action] {
            let text = timed(publication, DialectRegistry.tidegate[id], first: first)
            #expect(text.contains(beginning), "\(text)")
        }
        // What follows them is as ever: who checks a signature finds the data by what stands around it.
        publication.signature = PublicationSignature("k1." + String(repeating: "A", count: 86))
        for id in [DialectID.op, .action] {
            let dialect = DialectRegistry.tidegate[id]
            let text = timed(publication, dialect, first: first)
            let rest = text.replacing(/,"times":\{[^}]*\}/, with: "")
            #expect(rest != text)
            #expect(rest == untimed(publication, dialect, first: first))
        }
    }

    @Test(arguments: [DialectID.op, .action])
    func theLongestOfEverythingFits(_ id: DialectID) throws {
        let dialect: any Dialect = id == .op ? OpDialect(brand: String(repeating: "ä", count: 300)) : ActionDialect()
        var publication = try Publication.of(
            "liquidation.\(String(repeating: "X", count: 32))",
            .max,
            epoch: .max,
            .snapshot
        )
        publication.exchangeTime = .min
        publication.ingestTime = .min
        publication.signature = PublicationSignature("k1." + String(repeating: "A", count: 86))
        let times =
            #""times":{"exchange":-9223372036854775808.000,"ingest":-9223372036854775.808,"sent":-9223372036854775.808}"#
        #expect(timed(publication, dialect, first: .max, sent: .min).contains(times))
    }

    @Test func aGapIsToldWithoutThem() throws {
        let dialect = DialectRegistry.tidegate[.op]
        let stream = StreamDescriptor.of(try StreamName(canonical: "trade.BTCUSDT"))
        let gap = dialect.encoder(of: stream, timedBy: { 1 }).gap(from: 2, to: 3, epoch: 1, reason: .edge)
        #expect(gap == dialect.encoder(of: stream).gap(from: 2, to: 3, epoch: 1, reason: .edge))
    }
}
