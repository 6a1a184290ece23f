// Whether the thread sanitizer tells the truth here.
//
// `probe mutex`: threads count together under a `Mutex` that all want at once: no report. `probe race`: under nothing: a report.
// `probe late`: a continuation hands over an object, resumed after the task has begun to wait: no report. `probe early`: resumed
// before that: a report, and a false one.
import Foundation
import Synchronization

final class Count: @unchecked Sendable {
    let lock = Mutex(())
    let finished = Atomic(0)
    // Guarded by the lock in the one case; the race that must be found in the other. With a continuation one thread writes
    // it, and then another reads it.
    var value = 0
}

@main struct Probe {
    static func main() async {
        switch CommandLine.arguments.last {
        case "late": await handOver(isEarly: false)
        case "early": await handOver(isEarly: true)
        case let way: count(isGuarded: way == "mutex")
        }
    }

    private static func count(isGuarded: Bool) {
        let (count, threads) = (Count(), 4)
        for _ in 0..<threads {
            Thread.detachNewThread {
                for _ in 0..<100_000 {
                    if isGuarded { count.lock.withLock { _ in count.value += 1 } } else { count.value += 1 }
                }
                count.finished.add(1, ordering: .releasing)
            }
        }
        while count.finished.load(ordering: .acquiring) < threads { usleep(1000) }
        print(count.value)
    }

    private static func handOver(isEarly: Bool) async {
        var sum = 0
        for _ in 0..<50 {
            let count = await withCheckedContinuation { (continuation: CheckedContinuation<Count, Never>) in
                let seen = Count()
                Thread.detachNewThread {
                    let count = Count()
                    count.value = 1
                    if !isEarly { usleep(20_000) }
                    continuation.resume(returning: count)
                    // Tells only that it was resumed, and orders nothing.
                    seen.finished.store(1, ordering: .relaxed)
                }
                while isEarly, seen.finished.load(ordering: .relaxed) == 0 {}
            }
            sum += count.value
        }
        print(sum)
    }
}
