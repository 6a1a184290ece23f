import NIOCore
import Testing

@testable import EdgeNode

@Suite struct StallWatchTests {
    private static func second(_ number: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(number) }

    @Test func aByteBetweenTwoLooksIsNoStall() {
        var watch = StallWatch()
        let times = [(0, 1), (0, 2), (0, 4), (1, 5), (1, 6)].map { taken, second in
            watch.stalledTime(taken: taken, at: Self.second(second))
        }
        #expect(times == [nil, .seconds(1), .seconds(3), nil, .seconds(1)])
    }

    @Test func aTimeWhenNothingWaitedDoesNotCount() {
        var watch = StallWatch()
        _ = watch.stalledTime(taken: 7, at: Self.second(1))
        watch.reset()
        let times = [100, 101].map { watch.stalledTime(taken: 7, at: Self.second($0)) }
        #expect(times == [nil, .seconds(1)])
    }
}
