import NIOCore
import Testing

@testable import EdgeNode

@Suite struct SendPaceTests {
    /// What may be unsent after some seconds at this pace, measured each half of a second.
    private func limit(bytesPerSecond: UInt64, halves: Int) -> Int32 {
        var pace = SendPace()
        for step in 0...halves {
            let acknowledged = UInt64(step) * bytesPerSecond / 2
            _ = pace.measure(acknowledged: acknowledged, at: .uptimeNanoseconds(0) + .milliseconds(Int64(step) * 500))
        }
        return pace.limit
    }

    @Test(
        arguments: [
            (1000, SendPace.least), (12_000, 1200), (25_000, 2500), (100_000, 10_000), (1_000_000_000, SendPace.most),
        ] as [(UInt64, Int32)]
    )
    func itIsWhatGoesInATenthOfASecond(bytesPerSecond: UInt64, expected: Int32) {
        #expect(limit(bytesPerSecond: bytesPerSecond, halves: 10) == expected)
        #expect(SendPace().limit == SendPace.usual)
    }

    @Test func whatWaitsTakesAsLongAsAtThePaceThatWasMeasured() {
        var pace = SendPace()
        #expect(pace.time(for: 1_000_000) == .zero)
        let start = NIODeadline.uptimeNanoseconds(0)
        _ = pace.measure(acknowledged: 0, at: start)
        _ = pace.measure(acknowledged: 10_000, at: start + .seconds(1))
        #expect(pace.time(for: 2000) == .milliseconds(200))
        // A lump is half of it.
        _ = pace.measure(acknowledged: 40_000, at: start + .seconds(2))
        #expect(pace.time(for: 2000) == .milliseconds(100))
    }

    @Test func aPauseIsNotMeasured() {
        var pace = SendPace()
        let start = NIODeadline.uptimeNanoseconds(0)
        let changes = [
            pace.measure(acknowledged: 0, at: start), pace.measure(acknowledged: 1000, at: start + .seconds(60)),
        ]
        #expect(changes == [false, false])
        #expect(pace.limit == SendPace.usual)
        #expect(!pace.isDue(at: start + .seconds(60)))
        #expect(pace.isDue(at: start + .seconds(61)))
    }
}
