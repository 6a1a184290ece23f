import Stores
import Testing

@Suite("No signed message is heeded twice, whatever comes in between")
struct NonceMemoryTests {
    private static let window = ControlSigner.window

    private static func nonce(_ number: UInt64) -> ControlNonce { ControlNonce(high: 0, low: number) }

    private static func word(_ verdict: NonceMemory<String>.Verdict) -> String {
        switch verdict {
        case .new: "new"
        case .repeated(let value): "repeated: \(value)"
        case .full: "full"
        }
    }

    @Test func itIsKnownForAsLongAsItsTimeCanBeRight() {
        var memory = NonceMemory<String>()
        #expect(Self.word(memory.take(Self.nonce(1), "a", at: 0)) == "new")
        #expect(Self.word(memory.take(Self.nonce(1), "b", at: 2 * Self.window)) == "repeated: a")
        memory.update(Self.nonce(1), "done")
        #expect(Self.word(memory.take(Self.nonce(1), "b", at: 2 * Self.window)) == "repeated: done")
        #expect(Self.word(memory.take(Self.nonce(2), "c", at: 2 * Self.window + 1)) == "new")
        #expect(memory.count == 1)
    }

    @Test func whereItIsFullNothingNewIsTakenAndNothingForgotten() {
        var memory = NonceMemory<String>(maximum: 2)
        #expect(Self.word(memory.take(Self.nonce(1), "a", at: 0)) == "new")
        #expect(Self.word(memory.take(Self.nonce(2), "b", at: 10)) == "new")
        #expect(Self.word(memory.take(Self.nonce(3), "c", at: 20)) == "full")
        #expect(Self.word(memory.take(Self.nonce(1), "c", at: 20)) == "repeated: a")
        #expect(Self.word(memory.take(Self.nonce(3), "c", at: 2 * Self.window + 1)) == "new")
        #expect(memory.count == 2)
    }

    @Test func whatWasNotHeededMayComeAgain() {
        var memory = NonceMemory<String>(maximum: 1)
        #expect(Self.word(memory.take(Self.nonce(1), "a", at: 0)) == "new")
        memory.release(Self.nonce(1))
        memory.update(Self.nonce(1), "x")
        #expect(memory.count == 0)
        #expect(Self.word(memory.take(Self.nonce(1), "b", at: 0)) == "new")
        #expect(Self.word(memory.take(Self.nonce(2), "b", at: 0)) == "full")
    }
}
