import Foundation
import Synchronization

/// The lines that a script writes to standard input to let a run go on. The end of the input lets everything go on.
///
/// Owns a thread that reads, which lives as long as the process.
final class HoldLines: Sendable {
    private let granted = Atomic(0)
    private let used = Atomic(0)

    init() {
        Thread.detachNewThread { [self] in
            while readLine() != nil { granted.add(1, ordering: .releasing) }
            granted.store(.max, ordering: .releasing)
        }
    }

    /// Tells `event` on standard error, then waits for a line.
    func wait(telling event: String, unless interruption: Interruption) async throws {
        StandardError.write(line: #"{"event":"\#(event)"}"#)
        let needed = used.add(1, ordering: .relaxed).newValue
        while granted.load(ordering: .acquiring) < needed, !interruption.isWished {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
