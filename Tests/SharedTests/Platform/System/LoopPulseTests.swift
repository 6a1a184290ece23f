import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import Platform

/// A loop that is stuck is seen by who asks, on whatever other loop.
@Suite struct LoopPulseTests {
    private static func answer(_ pulses: [LoopPulse], at now: NIODeadline) -> HTTPReply? {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/live")
        guard case .now(let reply) = LivePage(pulses, now: { now }).answer(HTTPRequest(head: head)) else { return nil }
        return reply
    }

    @Test func aLoopThatTurnsIsAlive() async {
        let loop = NIOAsyncTestingEventLoop()
        let pulse = LoopPulse("shard 0", of: loop)
        let beat = pulse.start()
        await loop.advanceTime(by: .seconds(60))
        #expect(pulse.silence(at: loop.now) < .seconds(1))
        #expect(Self.answer([pulse], at: loop.now) == HTTPReply(.ok, json: #"{"ok":true}"#))
        #expect(pulse.lag.count > 200 && pulse.lag.sum == 0)
        beat.cancel()
        await loop.shutdownGracefully()
    }

    @Test func oneThatIsStuckIsNamed() async throws {
        let (loop, other) = (NIOAsyncTestingEventLoop(), NIOAsyncTestingEventLoop())
        let (stuck, turning) = (LoopPulse("shard 1", of: loop), LoopPulse("shard 0", of: other))
        let beats = [stuck.start(), turning.start()]
        await loop.advanceTime(by: .seconds(1))
        await other.advanceTime(by: .seconds(13))
        #expect(Self.answer([turning, stuck], at: loop.now + .seconds(9))?.status == .ok)
        let reply = try #require(Self.answer([turning, stuck], at: other.now))
        #expect(reply.status == .serviceUnavailable)
        #expect(
            String(buffer: reply.body)
                == #"{"ok":false,"reason":"the event loop shard 1 has not turned for 12 s"}"#
        )
        for beat in beats { beat.cancel() }
        await loop.shutdownGracefully()
        await other.shutdownGracefully()
    }

    /// The loop runs its task when it is due by its own clock; by the other one it was held up.
    @Test func whatComesLateIsMeasured() async {
        let loop = NIOAsyncTestingEventLoop()
        let clock = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000))
        let pulse = LoopPulse("shard 0", of: loop, now: { clock.withLock { $0 } })
        let beat = pulse.start()
        await loop.advanceTime(by: .zero)
        #expect(pulse.lag.count == 0, "the first is what the others are counted from")
        for delay in [TimeAmount.zero, .milliseconds(300), .milliseconds(50)] {
            clock.withLock { $0 = $0 + LoopPulse.interval + delay }
            await loop.advanceTime(by: LoopPulse.interval)
        }
        #expect(pulse.lag.count == 3 && pulse.lag.sum == 0.35)
        let now = clock.withLock { $0 }
        #expect(pulse.silence(at: now) == .zero)
        // A clock that steps back makes nothing early.
        clock.withLock { $0 = $0 - .milliseconds(100) }
        await loop.advanceTime(by: LoopPulse.interval)
        #expect(pulse.lag.count == 4 && pulse.lag.sum == 0.35)
        beat.cancel()
        await loop.shutdownGracefully()
    }
}
