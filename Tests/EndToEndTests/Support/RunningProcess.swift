import Foundation
import Synchronization
import TestSupport

/// A process of its own that a test talks to: what it prints, its signals, its end.
///
/// Three threads belong to it: one for each output, and one that waits for its end. Whoever starts one ends it:
/// `Scenario` does so for tests.
final class RunningProcess: Sendable {
    typealias Exit = SpawnedChild.Exit

    struct State {
        var lines: [String] = []
        var errorLines: [String] = []
        var openOutputs = 2
        var exit: Exit?
        fileprivate var observers: [Int: AsyncStream<Void>.Continuation] = [:]
        fileprivate var observersEver = 0

        /// Ended, and all that it printed is here.
        var isOver: Bool { exit != nil && openOutputs == 0 }
        var allLines: [String] { lines + errorLines }
    }

    let name: String
    private let child: SpawnedChild
    private let state = Mutex(State())

    init(_ executable: String, _ arguments: [String], environment: [String: String]) throws {
        let file = URL(fileURLWithPath: executable).lastPathComponent
        name = ([file] + arguments).joined(separator: " ")
        child = try SpawnedChild(executable, arguments, environment: environment)
        Thread.detachNewThread { [self] in
            child.output.forEachLine { line in change { $0.lines.append(line) } }
            change { $0.openOutputs -= 1 }
        }
        Thread.detachNewThread { [self] in
            child.errors.forEachLine { line in change { $0.errorLines.append(line) } }
            change { $0.openOutputs -= 1 }
        }
        Thread.detachNewThread { [self] in
            let exit = child.waitForEnd()
            change { $0.exit = exit }
        }
    }

    var identifier: pid_t { child.identifier }

    var snapshot: State { state.withLock { $0 } }

    /// The last lines that it printed, for people who look for what went wrong.
    var tail: String {
        let state = snapshot
        return (["--- \(name): \(state.exit.map { "\($0)" } ?? "running")"] + state.allLines.suffix(40))
            .map { String($0.prefix(600)) }.joined(separator: "\n")
    }

    func signal(_ number: Int32) { child.signal(number) }

    /// Writes a line to its standard input.
    func send(line: String) { child.write(line + "\n") }

    /// Waits for what `found` looks for in what is known of the process.
    @discardableResult
    func wait<Value>(
        for what: String,
        within limit: Duration = .seconds(10),
        until found: (State) -> Value?
    ) async throws -> Value {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let observer = state.withLock { state in
            state.observersEver += 1
            state.observers[state.observersEver] = continuation
            return state.observersEver
        }
        let alarm = Task {
            try await Task.sleep(for: limit)
            continuation.finish()
        }
        defer {
            alarm.cancel()
            state.withLock { $0.observers[observer] = nil }
        }
        continuation.yield()
        for await _ in changes {
            let now = snapshot
            if let value = found(now) { return value }
            if now.isOver { throw WaitFailure(what: what, reason: "the process ended before", tail: tail) }
        }
        throw WaitFailure(what: what, reason: "not within \(limit)", tail: tail)
    }

    /// Waits for a line with `text` on either output.
    @discardableResult
    func line(containing text: String, within limit: Duration = .seconds(10)) async throws -> String {
        try await wait(for: "a line with \(text)", within: limit) { $0.allLines.first { $0.contains(text) } }
    }

    func exit(within limit: Duration = .seconds(10)) async throws -> Exit {
        try await wait(for: "the end", within: limit) { $0.isOver ? $0.exit : nil }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            for observer in state.observers.values { observer.yield() }
        }
    }

    struct WaitFailure: Error, CustomStringConvertible {
        let what: String
        let reason: String
        let tail: String
        var description: String { "waited for \(what): \(reason)\n\(tail)" }
    }
}
