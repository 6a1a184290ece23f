import NIOCore
import Testing

@testable import EdgeNode

@Suite struct TurnFramesTests {
    private var turn = TurnFrames()

    /// Holds a frame, writes it to both chains so many times, and lets go of it.
    @discardableResult
    private mutating func write(_ text: String, to chains: inout [FrameChain]) -> TurnFrames.Place {
        let place = turn.hold(ByteBuffer(string: text))
        for index in chains.indices { turn.append(place, bytes: text.utf8.count, to: &chains[index]) }
        turn.letGo(of: place, appendedTo: Int32(chains.count))
        return place
    }

    private func texts(of chain: FrameChain) -> [String] { turn.frames(of: chain).map { String(buffer: $0) } }

    @Test mutating func aFrameForManyIsHeldOnceUntilTheLastHasSentIt() {
        var chains = Array(repeating: FrameChain(), count: 3)
        write("all", to: &chains)
        for index in chains.indices {
            #expect(turn.count == 1)
            #expect(texts(of: chains[index]) == ["all"])
            turn.removeAll(from: &chains[index])
            #expect(chains[index].isEmpty)
        }
        #expect(turn.count == 0)
    }

    @Test mutating func aFrameThatIsSentBeforeItsHolderHasLetGoStays() {
        var chain = FrameChain()
        let place = turn.hold(ByteBuffer(string: "first"))
        turn.append(place, bytes: 5, to: &chain)
        turn.removeAll(from: &chain)
        turn.append(place, bytes: 5, to: &chain)
        #expect(texts(of: chain) == ["first"])
        turn.letGo(of: place, appendedTo: 2)
        #expect(turn.count == 1)
        turn.removeAll(from: &chain)
        #expect(turn.count == 0)
    }

    @Test func whatNobodyGetsIsNotHeld() {
        var turn = TurnFrames()
        turn.letGo(of: turn.hold(ByteBuffer(string: "x")), appendedTo: 0)
        #expect(turn.count == 0)
    }

    /// One frame needs no block, 16 fill the first, 17 begin the second.
    @Test(arguments: [1, 2, 16, 17, 31, 32, 100])
    func aChainKeepsItsOrderAndItsBytesWhateverOthersDo(count: Int) {
        var test = TurnFramesTests()
        var chains = [FrameChain(), FrameChain()]
        let expected = (1...count).map { String(repeating: "x", count: $0 % 7) + "\($0)" }
        for text in expected { test.write(text, to: &chains) }
        #expect(chains[0].bytes == expected.joined().utf8.count)
        #expect(chains[0].count == count)
        test.turn.removeAll(from: &chains[1])
        // What the other had is used again, and disturbs nobody.
        var others = [FrameChain()]
        for text in expected.reversed() { test.write(text, to: &others) }
        #expect(test.texts(of: chains[0]) == expected)
        #expect(test.texts(of: others[0]) == expected.reversed())
        let buffer = SendBuffer()
        test.turn.gather(chains[0], into: buffer)
        #expect(String(decoding: buffer.contents, as: UTF8.self) == expected.joined())
        #expect(test.turn.firstBytes(of: chains[0]).elementsEqual(expected[0].utf8))
        test.turn.removeAll(from: &chains[0])
        test.turn.removeAll(from: &others[0])
        #expect(test.turn.count == 0)
    }

    @Test mutating func placesAreUsedAgain() {
        var places: Set<TurnFrames.Place> = []
        for _ in 0..<1000 {
            var chains = [FrameChain()]
            places.insert(write("x", to: &chains))
            turn.removeAll(from: &chains[0])
        }
        #expect(places.count == 1)
    }

    /// Its bytes are kept for as long as somebody may read them, and no longer.
    @Test mutating func theStorageOfAFrameLivesAsLongAsTheFrameIsHeld() throws {
        weak var storage: AnyObject?
        var place: TurnFrames.Place = 0
        var chain = FrameChain()
        do {
            let frame = ByteBuffer(repeating: 65, count: 100)
            frame.withUnsafeReadableBytesWithStorageManagement { storage = $1.takeUnretainedValue() }
            place = turn.hold(frame)
        }
        turn.append(place, bytes: 100, to: &chain)
        turn.letGo(of: place, appendedTo: 1)
        #expect(storage != nil)
        #expect(turn.firstBytes(of: chain).allSatisfy { $0 == 65 })
        turn.removeAll(from: &chain)
        #expect(storage == nil)
    }
}
