import BybitCatalog
import Core
import NIOCore
import Testing

@testable import EdgeNode
@testable import LoadGenerator

/// What an edge node writes is what the load test reads: the node's own encoder makes the texts.
@Suite struct TidegateTextTests {
    @Test("Each form of a data message is read", arguments: [DeliveryClass.latest, .delta, .event])
    func data(_ deliveryClass: DeliveryClass) throws {
        let streams = try LoadStreams(120, deliveryClass)
        for index in [0, 9, 119] {
            let encoder = try Self.encoder(of: streams.names[index])
            for kind in [Publication.Kind.update, .snapshot] {
                for first in [nil, 4_000_000_000_000] as [UInt64?] {
                    for tellsEpoch in [false, true] {
                        let publication = Self.publication(of: streams.names[index], kind)
                        let frame = encoder.frame(of: publication, first: first, tellsEpoch: tellsEpoch)
                        let expected = StreamMessage(
                            stream: index,
                            sequence: 4_000_000_000_007,
                            first: first ?? 4_000_000_000_007,
                            epoch: tellsEpoch || kind == .snapshot ? 1_795_000_000_000 : 0,
                            isSnapshot: kind == .snapshot,
                            time: 123_456_789_012_345
                        )
                        #expect(Self.read(frame) == .data(expected))
                    }
                }
            }
        }
    }

    private static func encoder(of stream: StreamName) throws -> any FrameEncoder {
        ActionDialect().encoder(of: try #require(BybitCatalog().descriptor(of: stream)))
    }

    @Test("A gap notice is read, also one that sets the numbering back")
    func gap() throws {
        let name = try LoadStreams(7, .event).names[6]
        let encoder = try Self.encoder(of: name)
        for (from, to) in [(5, 9), (100, 0)] as [(UInt64, UInt64)] {
            let frame = try #require(encoder.gap(from: from, to: to, epoch: 77, reason: .edge))
            #expect(Self.read(frame) == .gap(stream: 6, from: from, to: to, epoch: 77))
        }
    }

    @Test("A text that is cut anywhere is never taken for another message")
    func cuts() throws {
        let name = try LoadStreams(7, .latest).names[6]
        let encoder = try Self.encoder(of: name)
        let frame = encoder.frame(of: Self.publication(of: name, .snapshot), first: nil, tellsEpoch: false)
        let text = Array(Self.payload(frame).readableBytesView)
        for count in 0..<text.count {
            let cut = text.prefix(count)
            guard case .data(let message) = Array(cut).withUnsafeBytes(TidegateText.read) else { continue }
            // Of a number that is cut in two the rest is missing: nothing but a whole frame is ever read.
            #expect(message.stream == 6)
            #expect(count > 40)
        }
    }

    @Test(
        "Anything else is left to be read as JSON",
        arguments: [
            "", "{", #"{"action":"subscribed","streams":[]}"#, #"{"stream":"ticker.btc_usdt","type":"update","seq":1}"#,
            #"{"stream":"ticker.lt00001","type":"new","seq":1}"#,
            #"{"stream":"ticker.lt00001","type":"update","seq":"1"}"#,
        ]
    )
    func other(_ text: String) {
        #expect(Array(text.utf8).withUnsafeBytes(TidegateText.read) == .other)
    }

    @Test("The node's replies are read: positions, refusals, what was recovered")
    func replies() throws {
        let position = Position(epoch: 9, sequence: 42)
        let subscribed = try Self.reply(
            .subscribed(
                accepted: ["ticker.LT00001"],
                rejected: [],
                positions: [("ticker.LT00001", position)],
                token: "t"
            )
        )
        #expect(subscribed.action == "subscribed")
        #expect(subscribed.rejected == nil)
        #expect(subscribed.positions.map(\.stream) == ["ticker.LT00001"])
        #expect(subscribed.positions.map(\.position) == [position])

        let resumed = try Self.reply(
            .resumed(
                streams: [
                    ResumedStream(spelling: "ticker.LT00001", outcome: .recovered(from: 6, to: 9, count: 4)),
                    ResumedStream(
                        spelling: "ticker.LT00002",
                        outcome: .notRecovered(reason: .expired, oldest: 3, latest: 8)
                    ),
                ],
                rejected: [],
                positions: [],
                token: nil
            )
        )
        #expect(resumed.action == "resumed")
        #expect((resumed.recovered, resumed.replayed) == (1, 4))
        #expect(resumed.notRecovered == ["ticker.LT00002"])

        let error = try Self.reply(.error(.limitExceeded(subscriptions: 100)))
        #expect((error.action, error.message) == ("error", "Max 100 subscriptions allowed"))
    }

    private static func publication(of stream: StreamName, _ kind: Publication.Kind) -> Publication {
        let data = PublicationData.make(
            time: 123_456_789_012_345,
            number: 8,
            bytes: 400,
            pad: PublicationData.pad(400)
        )
        return Publication(
            stream: stream,
            position: Position(epoch: 1_795_000_000_000, sequence: 4_000_000_000_007),
            kind: kind,
            exchangeTime: 1,
            ingestTime: 1,
            data: data
        )
    }

    private static func reply(_ reply: ClientReply) throws -> TidegateReply {
        try ActionDialect().text(of: reply, id: nil).withUnsafeReadableBytes { try TidegateReply($0) }
    }

    private static func read(_ frame: ByteBuffer) -> TidegateText.Message {
        payload(frame).withUnsafeReadableBytes(TidegateText.read)
    }

    private static func payload(_ frame: ByteBuffer) -> ByteBuffer {
        frame.withUnsafeReadableBytes { bytes in
            guard case .frame(1, true, let payload, let end) = FrameParser.next(bytes, from: 0) else {
                return ByteBuffer()
            }
            return ByteBuffer(bytes: bytes[payload..<end])
        }
    }
}
