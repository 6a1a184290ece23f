import NIOCore
import NIOEmbedded
import NIOHTTP1
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

    @Test func whatComesLateIsMeasured() async {
        let loop = NIOAsyncTestingEventLoop()
        let pulse = LoopPulse("shard 0", of: loop)
        let beat = pulse.start()
        await loop.advanceTime(by: .zero)
        // Whatever was due in between comes at the end, as on a loop that was held up.
        await loop.advanceTime(to: loop.now + LoopPulse.interval)
        #expect(pulse.lag.count == 1 && pulse.lag.sum == 0)
        beat.cancel()
        await loop.shutdownGracefully()
    }
}
