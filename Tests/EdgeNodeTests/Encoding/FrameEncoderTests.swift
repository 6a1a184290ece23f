import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite struct FrameEncoderTests {
    private func text(
        _ publication: Publication,
        _ dialect: DialectID,
        first: UInt64? = nil,
        tellsEpoch: Bool = false,
        brand: String = "tidegate"
    ) -> String {
        var frame = TestFrames(stream: publication.stream, brand: brand)
            .frame(publication, in: dialect, first: first, tellsEpoch: tellsEpoch)
        guard case .text(let text)? = ServerFrame.read(from: &frame).first else { return "no text frame" }
        return text
    }

    @Test func framesOfEachDialectAreExact() throws {
        let update = try Publication.ticker(5, epoch: 7)
        #expect(
            text(update, .op)
                == #"{"stream":"tidegate.futures.ticker.BTCUSDT","type":"update","seq":5,"data":{"price":"1.5"},"timestamp":1704063600000,"source":"tidegate"}"#
        )
        #expect(
            text(update, .action)
                == #"{"stream":"ticker.btc_usdt","type":"update","seq":5,"data":{"price":"1.5"},"timestamp":1704063600000}"#
        )
        #expect(
            text(update, .guide)
                == #"{"type":"market_update","exchange":"bybit","symbol":"BTCUSDT","price":1.5,"volume":null,"timestamp":1704063600000}"#
        )
    }

    @Test(arguments: [Publication.Kind.snapshot, .update], [DialectID.op, .action])
    func theLongestOfEverythingFits(kind: Publication.Kind, dialect: DialectID) throws {
        var publication = try Publication.of(
            "liquidation.\(String(repeating: "X", count: 32))",
            .max,
            epoch: .max,
            kind
        )
        publication.exchangeTime = .min
        let text = text(publication, dialect, first: .max, tellsEpoch: true, brand: String(repeating: "ä", count: 300))
        #expect(
            text.contains(#""seq":18446744073709551615,"first":18446744073709551615,"epoch":18446744073709551615,"#)
        )
        #expect(text.contains(#""timestamp":-9223372036854775808"#))
        #expect(text.hasSuffix(dialect == .op ? #"ää"}"# : "}"))
    }

    @Test(arguments: [
        ("kline.1h.BTCUSDT", "x.futures.kline.1h.BTCUSDT", "kline.1h.btc_usdt"),
        ("trade.BTCUSDT", "x.futures.trade.BTCUSDT", "trades.btc_usdt"),
        ("depth.50.BTCUSDT", "x.futures.depth.BTCUSDT", "depth.btc_usdt"),
        ("depth.200.BTCUSDT", "x.futures.depth.200.BTCUSDT", "depth.200.btc_usdt"),
        ("liquidation.BTCUSDT", "x.futures.liquidation.BTCUSDT", "liquidation.btc_usdt"),
    ])
    func streamsAreSpelledAsTheDialectSpellsThem(canonical: String, op: String, action: String) throws {
        let publication = try Publication.of(canonical, 1)
        #expect(text(publication, .op, brand: "x").hasPrefix(#"{"stream":"\#(op)","#))
        #expect(text(publication, .action).hasPrefix(#"{"stream":"\#(action)","#))
    }

    @Test func aSimulatedPublicationSaysSoInEveryDialect() throws {
        var publication = try Publication.ticker(5)
        publication.isSimulated = true
        for dialect in DialectRegistry.tidegate.all {
            #expect(text(publication, dialect).hasSuffix(#","source":"simulator"}"#))
        }
        publication.isSimulated = false
        #expect(text(publication, .op, brand: "mudrex").hasSuffix(#","source":"mudrex"}"#))
        for dialect in [DialectID.action, .guide] { #expect(!text(publication, dialect).contains("source")) }
    }

    @Test(arguments: [
        (Publication.Kind.update, nil, false, #""update","seq":9,"data""#),
        (.update, 7, false, #""update","seq":9,"first":7,"data""#),
        (.update, nil, true, #""update","seq":9,"epoch":3,"data""#),
        (.update, 7, true, #""update","seq":9,"first":7,"epoch":3,"data""#),
        (.snapshot, nil, false, #""snapshot","seq":9,"epoch":3,"data""#),
        (.snapshot, 7, false, #""snapshot","seq":9,"first":7,"epoch":3,"data""#),
    ])
    func firstAndEpochStandWhereTheyMust(kind: Publication.Kind, first: UInt64?, tellsEpoch: Bool, part: String) throws
    {
        let publication = try Publication.ticker(9, epoch: 3, kind)
        for dialect in [DialectID.op, .action] {
            #expect(text(publication, dialect, first: first, tellsEpoch: tellsEpoch).contains(#""type":"# + part))
        }
    }

    @Test func numbersAreWrittenWhole() throws {
        let publication = try Publication.ticker(.max, epoch: .max, .snapshot)
        #expect(text(publication, .op).contains(#""seq":18446744073709551615,"epoch":18446744073709551615"#))
    }

    @Test(arguments: [
        (#"{"price":"83024.60","volume24h":"12.5"}"#, #""price":83024.60,"volume":12.5,"#),
        (#"{"volume24h":"","price":""}"#, #""price":null,"volume":null,"#),
        (#"{"markPrice":"1"}"#, #""price":null,"volume":null,"#),
    ])
    func theGuidesFramesHaveNumbersInTheExchangesDigits(data: String, part: String) throws {
        #expect(text(try .of("ticker.BTCUSDT", 1, data: data), .guide).contains(part))
    }

    @Test(arguments: [124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537])
    func theHeaderFitsThePayload(size: Int) throws {
        let encoder = TestFrames(stream: try StreamName(canonical: "ticker.A"), brand: "b")
        let bare = try encoder.frame(.of("ticker.A", 1, data: ""), in: .action).readableBytes - 2
        let publication = try Publication.of("ticker.A", 1, data: String(repeating: "1", count: size - bare))
        let frame = encoder.frame(publication, in: .action)
        var expected = ByteBuffer()
        WebSocketFrame.writeHeader(opcode: .text, payloadLength: size, into: &expected)
        #expect(frame.getSlice(at: frame.readerIndex, length: expected.readableBytes) == expected)
        #expect(frame.readableBytes == expected.readableBytes + size)
    }

    @Test func gapNoticesNameTheStreamAsItsDataDoes() throws {
        let encoder = TestFrames(stream: try StreamName(canonical: "trade.BTCUSDT"), brand: "tidegate")
        for (dialect, name) in [(DialectID.op, "tidegate.futures.trade.BTCUSDT"), (.action, "trades.btc_usdt")] {
            var frame = try #require(encoder.gap(from: 2, to: 3, epoch: 1, reason: .edge, in: dialect))
            #expect(
                ServerFrame.read(from: &frame) == [
                    .text(#"{"\#(dialect.key)":"gap","stream":"\#(name)","from":2,"to":3,"epoch":1,"reason":"edge"}"#)
                ]
            )
        }
        #expect(encoder.gap(from: 2, to: 3, epoch: 1, reason: .edge, in: .guide) == nil)
    }
}
