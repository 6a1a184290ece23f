import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite struct ClosedObjectsTests {
    private static func candle(_ sequence: UInt64, epoch: UInt64 = 1) throws -> Publication {
        try .of("kline.1m.BTCUSDT", sequence, epoch: epoch)
    }

    /// As a shard follows its stream: one state after the other, each of an object.
    private static func following(_ objects: [Int64], from sequence: UInt64 = 1) throws -> ClosedObjects {
        var closed = ClosedObjects()
        var newest: Publication?
        for (index, object) in objects.enumerated() {
            let next = try candle(sequence + UInt64(index))
            closed.follow(next, of: object, after: newest)
            newest = next
        }
        return closed
    }

    @Test(arguments: [(1, 3), (3, 3), (4, 5), (5, 5), (6, nil), (7, nil)] as [(UInt64, UInt64?)])
    func theLastStateOfEachObjectIsOwedFromWhereADebtBegins(from sequence: UInt64, first: UInt64?) throws {
        let closed = try Self.following([10, 10, 10, 20, 20, 30, 30])
        #expect(closed.first(from: sequence)?.position.sequence == first)
        #expect(closed.isComplete(from: sequence))
    }

    @Test func whatComesBackIsAnotherAgain() throws {
        let closed = try Self.following([10, 20, 10])
        #expect(closed.first(from: 1)?.position.sequence == 1)
        #expect(closed.first(from: 2)?.position.sequence == 2)
    }

    @Test func soManyAreKeptAndWhoNeedsMoreIsTold() throws {
        let closed = try Self.following((1...Int64(ClosedObjects.maximum + 4)).map { $0 })
        #expect(closed.count == ClosedObjects.maximum)
        #expect(!closed.isComplete(from: 3))
        #expect(closed.isComplete(from: 4))
        #expect(closed.first(from: 4)?.position.sequence == 4)
    }

    @Test func aNumberingThatWentBackBeginsAnew() throws {
        var closed = try Self.following([10, 20, 30], from: 500)
        try closed.follow(Self.candle(1, epoch: 2), of: 40, after: Self.candle(502))
        #expect(closed.count == 0)
        try closed.follow(Self.candle(2, epoch: 2), of: 50, after: Self.candle(1, epoch: 2))
        #expect(closed.first(from: 1)?.position == Position(epoch: 2, sequence: 1))
    }

    @Test func whatIsKeptHoldsNothingThatWasReadAlongWithIt() throws {
        var read = ByteBuffer(repeating: 32, count: 65_536)
        let slice = read.readSlice(length: 100)
        let data = try #require(slice)
        var first = try Self.candle(1)
        first.data = data
        var closed = ClosedObjects()
        closed.follow(first, of: 10, after: nil)
        try closed.follow(Self.candle(2), of: 20, after: first)
        let kept = try #require(closed.first(from: 1)).data
        #expect(kept == data)
        #expect(kept.storageCapacity < 1000)
    }

    @Test(
        arguments: [
            (#"{"symbol":"B","interval":"1m","openTime":1672324800000,"closeTime":1}"#, 1_672_324_800_000),
            (#"{"openTime":-1}"#, -1), (#"{"openTime":"1"}"#, nil), (#"{"closeTime":1}"#, nil), ("[]", nil), ("", nil),
        ] as [(String, Int64?)]
    )
    func aCandleIsKnownByItsOpenTime(data: String, object: Int64?) throws {
        let key = StreamDescriptor.of(try StreamName(canonical: "kline.1m.BTCUSDT")).conflationKey
        #expect(key != nil)
        #expect(key?.object(of: ByteBuffer(string: data)) == object)
    }

    @Test(arguments: ["ticker.BTCUSDT", "depth.1.BTCUSDT", "depth.50.BTCUSDT", "trade.BTCUSDT", "liquidation.BTCUSDT"])
    func otherStreamsAreOneObject(_ stream: String) throws {
        #expect(StreamDescriptor.of(try StreamName(canonical: stream)).conflationKey == nil)
    }
}
