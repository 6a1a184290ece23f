// Whether the thread sanitizer tells the truth here: threads that count together, under a `Mutex` that all want at once
// (`probe mutex`: no report), or under nothing (`probe race`: a report).
import Foundation
import Synchronization

final class Count: @unchecked Sendable {
    let lock = Mutex(())
    let finished = Atomic(0)
    // Guarded by the lock in the one case; the race that must be found in the other.
    var value = 0
}

@main struct Probe {
    static func main() {
        let (count, threads) = (Count(), 4)
        let isGuarded = CommandLine.arguments.contains("mutex")
        for _ in 0..<threads {
            Thread.detachNewThread {
                for _ in 0..<100_000 {
                    if isGuarded { count.lock.withLock { _ in count.value += 1 } } else { count.value += 1 }
                }
                count.finished.add(1, ordering: .releasing)
            }
        }
        while count.finished.load(ordering: .acquiring) < threads { Thread.sleep(forTimeInterval: 0.001) }
        print(count.value)
    }
}
