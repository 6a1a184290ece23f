import NIOCore
import Testing

@testable import EdgeNode

@Suite struct TurnFramesTests {
    private var turn = TurnFrames()

    private mutating func texts(of chain: inout FrameChain) -> [String] {
        var texts: [String] = []
        while !chain.isEmpty {
            texts.append(String(buffer: turn.first(of: chain)))
            turn.removeFirst(from: &chain)
        }
        return texts
    }

    @Test mutating func aFrameForManyIsHeldOnceUntilTheLastHasSentIt() {
        var chains = Array(repeating: FrameChain(), count: 3)
        let place = turn.hold(ByteBuffer(string: "all"))
        for index in chains.indices { turn.append(place, to: &chains[index]) }
        turn.letGo(of: place)
        #expect(turn.count == 1)
        for index in chains.indices {
            #expect(turn.count == 1)
            #expect(texts(of: &chains[index]) == ["all"])
        }
        #expect(turn.count == 0)
    }

    @Test mutating func aChainKeepsItsOrderAndItsBytesWhateverOthersDo() {
        var (mine, other) = (FrameChain(), FrameChain())
        for text in ["a", "bb", "ccc"] {
            let place = turn.hold(ByteBuffer(string: text))
            turn.append(place, to: &mine)
            turn.append(place, to: &other)
            turn.letGo(of: place)
        }
        #expect(mine.bytes == 6)
        #expect(mine.count == 3)
        turn.removeFirst(from: &other)
        turn.removeAll(from: &other)
        #expect(texts(of: &mine) == ["a", "bb", "ccc"])
        #expect(mine.bytes == 0)
        #expect(turn.count == 0)
    }

    @Test mutating func placesAndEntriesAreUsedAgain() {
        var chain = FrameChain()
        var places: Set<TurnFrames.Place> = []
        for _ in 0..<1000 {
            let place = turn.hold(ByteBuffer(string: "x"))
            places.insert(place)
            turn.append(place, to: &chain)
            turn.letGo(of: place)
            turn.removeFirst(from: &chain)
        }
        #expect(places.count == 1)
    }

    @Test mutating func whatFitsIsGatheredInWholeFrames() {
        var chain = FrameChain()
        let place = turn.hold(ByteBuffer(repeating: 7, count: 30_000))
        for _ in 0..<3 { turn.append(place, to: &chain) }
        let buffer = SendBuffer()
        turn.gather(chain, into: buffer)
        #expect(buffer.count == 60_000)
        #expect(buffer.contents.allSatisfy { $0 == 7 })
    }
}
