import Dispatch
import Synchronization
import Testing

@testable import NATSStores

/// Pages are made on event loops, and a .creds file may lie on a disk that does not answer.
@Suite(.timeLimit(.minutes(10))) struct NATSCredentialsWatchTests {
    @Test func askingDoesNotWaitForTheDisk() async throws {
        let disk = DispatchSemaphore(value: 0)
        let counter = Counter()
        let watch = NATSCredentialsWatch(file: "f") { _ in
            counter.looks.add(1, ordering: .relaxed)
            disk.wait()
            return "it is gone"
        }
        // Each of these would wait for ever.
        for _ in 0..<100 { #expect(watch.complaint == nil) }
        disk.signal()
        while watch.complaint != "it is gone" { try await Task.sleep(for: .milliseconds(1)) }
        #expect(counter.looks.load(ordering: .relaxed) == 1, "one look at a time, and none too soon")
    }

    @Test func aFileThatIsPutRightIsSeen() async throws {
        let counter = Counter()
        let watch = NATSCredentialsWatch(file: "f", interval: .milliseconds(10)) { _ in
            counter.looks.add(1, ordering: .relaxed).newValue == 1 ? "it is empty" : nil
        }
        #expect(watch.look() == "it is empty")
        #expect(watch.complaint == "it is empty")
        while watch.complaint != nil { try await Task.sleep(for: .milliseconds(5)) }
    }

    private final class Counter: Sendable {
        let looks = Atomic(0)
    }
}
