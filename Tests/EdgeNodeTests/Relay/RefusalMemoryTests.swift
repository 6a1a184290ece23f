import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite("A node remembers for a while what the exchange refuses, and not more than its bound")
struct RefusalMemoryTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func forItsLifetime() throws {
        var memory = RefusalMemory()
        let (name, other) = try (StreamName(canonical: "ticker.NO"), StreamName(canonical: "ticker.YES"))
        memory.remember(name, reason: "no such symbol", at: start)
        let end = start + RefusalMemory.lifetime
        #expect(memory.reason(for: name, at: end - .nanoseconds(1)) == "no such symbol")
        #expect(memory.reason(for: other, at: start) == nil)
        #expect(memory.reason(for: name, at: end) == nil && memory.count == 0)
    }

    @Test func upToItsBound() throws {
        var memory = RefusalMemory()
        for number in 0..<3 * RefusalMemory.maximumCount {
            memory.remember(try StreamName(canonical: "ticker.N\(number)"), reason: "no", at: start)
            #expect(memory.count <= RefusalMemory.maximumCount)
        }
    }
}
