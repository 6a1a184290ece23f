import NIOCore
import TestSupport
import Testing

@testable import Core
@testable import Stores

@Suite("A heartbeat tells the leader's term and how the exchange is, or is refused in words")
struct HeartbeatTests {
    private static let beating: Heartbeat = {
        var upstream = UpstreamStatus()
        upstream.isConnected = true
        upstream.category = "linear"
        upstream.subscribedCount = 3
        upstream.messagesReceived = 4_000_000_000
        upstream.messagesSkipped = 5
        upstream.reconnectCount = 6
        upstream.lastDataAgo = 0.123
        upstream.isSimulated = true
        return Heartbeat(epoch: Position.highest, sentAt: 1_790_757_082_283, upstream: upstream)
    }()

    private static func failure(_ text: String) -> Heartbeat.Failure? {
        do throws(Heartbeat.Failure) {
            _ = try Heartbeat(ByteBuffer(string: text))
            return nil
        } catch {
            return error
        }
    }

    @Test func whatIsSentIsWhatIsHeard() throws {
        #expect(try Heartbeat(Self.beating.encoded()) == Self.beating)
        let quiet = Heartbeat(epoch: 1, sentAt: -1, upstream: UpstreamStatus())
        #expect(try Heartbeat(quiet.encoded()) == quiet)
    }

    @Test(arguments: [(.one, "1"), (.two, "2")] as [(WireVersion, String)])
    func theWireFormIsTheDocumentedOne(_ version: WireVersion, _ number: String) throws {
        #expect(try Heartbeat(Self.beating.encoded(as: version)) == Self.beating)
        #expect(
            String(buffer: Self.beating.encoded(as: version))
                == #"{"version":\#(number),"epoch":9223372036854775807,"sent_at":1790757082283,"upstream":{"connected":true,"#
                + #""category":"linear","subscribed":3,"received":4000000000,"skipped":5,"reconnects":6,"#
                + #""last_message_ago":0.123,"simulated":true}}"#
        )
    }

    @Test func unreadableTopicsAreToldByNumberAndAFewNames() throws {
        var heartbeat = Self.beating
        heartbeat.upstream.unreadable = UnreadableTopics(count: 400, examples: ["a", "b", "c", "d"])
        let text = String(buffer: heartbeat.encoded())
        #expect(text.contains(#""unreadable_topics":400,"unreadable_examples":["a","b","c"]"#))
        let heard = try Heartbeat(heartbeat.encoded()).upstream.unreadable
        #expect(heard == UnreadableTopics(count: 400, examples: ["a", "b", "c"]))
        #expect(heard.words == "400 topics of the exchange send nothing that can be read: a, b, c, ...")
        let one = UnreadableTopics(count: 1, examples: ["tickers.X"])
        #expect(one.words == "1 topic of the exchange sends nothing that can be read: tickers.X")
        #expect(UnreadableTopics().words == nil)
    }

    private static func name(_ text: String) throws -> StreamName { try StreamName(canonical: text) }

    @Test func positionsAreToldOfItsOwnAndOfEarlierEpochs() throws {
        var heartbeat = Self.beating
        heartbeat.positions = [
            try Self.name("trade.BTCUSDT"): Position(epoch: Position.highest, sequence: 5),
            try Self.name("depth.50.BTCUSDT"): Position(epoch: 3, sequence: Position.highest),
        ]
        let text = String(buffer: heartbeat.encoded())
        #expect(text.contains(#""trade.BTCUSDT":5"#))
        #expect(text.contains(#""depth.50.BTCUSDT":[3,9223372036854775807]"#))
        #expect(try Heartbeat(heartbeat.encoded()) == heartbeat)
    }

    @Test func positionsThatMakeNoSenseArePassedOver() throws {
        let text =
            #"{"version":1,"positions":{"trade.A":0,"trade.B":-1,"trade.C":18446744073709551615,"trade.D":[1],"#
            + #""trade.E":[0,1],"trade.F":[1,2,3],"trade.G":"5","trade.H":{"x":[1]},"trade.I":1.5,"#
            + #""no stream":5,"vwap":5,"trade.J":[1,1e3],"trade.K":[3,4],"trade.L":6},"epoch":9,"sent_at":1,"#
            + #""upstream":{"connected":true}}"#
        let heartbeat = try Heartbeat(ByteBuffer(string: text))
        let expected = [
            try Self.name("trade.K"): Position(epoch: 3, sequence: 4),
            try Self.name("trade.L"): Position(epoch: 9, sequence: 6),
        ]
        #expect(heartbeat.positions == expected)
    }

    @Test func tenThousandPositionsAreToldInWholeHeartbeatsOfTheUsualLength() throws {
        var positions: [StreamName: Position] = [:]
        for index in 0..<10_000 {
            let epoch = index.isMultiple(of: 2) ? Position.highest : 12
            positions[try Self.name("depth.1000.S\(index)USDT")] = Position(epoch: epoch, sequence: Position.highest)
        }
        var told: [StreamName: Position] = [:]
        let parts = Self.beating.parts(telling: positions)
        for part in parts {
            #expect(part.readableBytes <= Heartbeat.maximumLength)
            told.merge(try Heartbeat(part).positions) { first, _ in first }
        }
        #expect(told == positions)
        #expect(try Heartbeat(parts[0]) == Self.beating, "the first is as it was before positions were told")
        #expect(Self.beating.parts(telling: [:]).count == 1)
        #expect(parts.count < 300)
    }

    @Test func aTimeThatIsNoNumberIsLeftOut() throws {
        var heartbeat = Self.beating
        heartbeat.upstream.lastDataAgo = .infinity
        #expect(try Heartbeat(heartbeat.encoded()).upstream.lastDataAgo == nil)
    }

    @Test func fieldsOfALaterReleaseArePassedOver() throws {
        let text = #"{"later":[{}],"upstream":{"connected":false,"later":1},"sent_at":2,"epoch":1,"version":1}"#
        let heartbeat = try Heartbeat(ByteBuffer(string: text))
        #expect(heartbeat == Heartbeat(epoch: 1, sentAt: 2, upstream: UpstreamStatus()))
    }

    @Test func anotherVersionIsToldBeforeWhatItLacks() {
        #expect(Self.failure(#"{"version":3}"#) == .unknownVersion(3))
        #expect(Self.failure(#"{"version":0}"#)?.description.contains("version 0") == true)
    }

    @Test(arguments: [
        (#"{}"#, "version"), (#"{"version":1}"#, "epoch"), (#"{"version":1,"epoch":1}"#, "sent_at"),
        (#"{"version":1,"epoch":1,"sent_at":1}"#, "upstream"),
        (#"{"version":1,"epoch":1,"sent_at":1,"upstream":{}}"#, "upstream.connected"),
    ])
    func aHeartbeat(_ text: String, thatLacks field: String) {
        #expect(Self.failure(text) == .missing(field))
        #expect(Self.failure(text)?.description == "the heartbeat lacks its field '\(field)'")
    }

    @Test(arguments: [0, 1 << 63, .max] as [UInt64])
    func anEpochThatNoLeaderHasIsRefused(_ epoch: UInt64) {
        let text = String(buffer: Heartbeat(epoch: epoch, sentAt: 1, upstream: UpstreamStatus()).encoded())
        #expect(Self.failure(text) == .impossibleEpoch(epoch))
        #expect(Self.failure(text)?.description.contains("from 1 to 9223372036854775807") == true)
    }

    @Test(arguments: [
        "", "beat", "[]", #"{"version":1"#, #"{"version":"1"}"#, #"{"version":1,"epoch":-1}"#,
        #"{"version":1,"epoch":18446744073709551616}"#, #"{"version":1,"epoch":"1"}"#, #"{"version":1,"epoch":null}"#,
        #"{"version":1,"sent_at":1.5}"#, #"{"version":1,"upstream":null}"#,
        #"{"version":1,"upstream":{"connected":1}}"#,
        #"{"version":1,"upstream":{"last_message_ago":1e999}}"#, #"{"version":1,"upstream":{"category":"\"}{"}}"#,
        #"{"version":1} "# + "x",
    ])
    func whatIsNoHeartbeatIsMalformed(_ text: String) {
        guard case .malformed = Self.failure(text) else {
            Issue.record("\(text) gave \(Self.failure(text).map { "\($0)" } ?? "a heartbeat")")
            return
        }
    }

    @Test func aLongOneIsNotRead() {
        let padding = String(repeating: " ", count: Heartbeat.maximumLength)
        let text = String(buffer: Self.beating.encoded()) + padding
        #expect(Self.failure(text) == .tooLong(text.utf8.count))
    }

    @Test func everyTruncationIsRefused() {
        let whole = String(buffer: Self.beating.encoded())
        for length in 0..<whole.utf8.count { #expect(Self.failure(String(whole.prefix(length))) != nil) }
    }

    @Test func bytesThatWereChangedNeverCrash() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<5000 {
            var bytes = Array(Self.beating.encoded().readableBytesView)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            guard let heartbeat = try? Heartbeat(ByteBuffer(bytes: bytes)) else { continue }
            #expect((try? Heartbeat(heartbeat.encoded())) == heartbeat)
        }
    }
}
