import Dispatch
import Foundation
import TestSupport

/// The Python of the tests, with what `Tests/requirements.txt` names.
enum TestPython {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a script; gives the lines that it prints. Throws what it complains of where it fails.
    static func run(_ script: String, _ arguments: [String] = []) async throws -> [String] {
        let child = try spawn(script, arguments)
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                var lines: [String] = []
                child.output.forEachLine { lines.append($0) }
                let complaints = complaints(of: child)
                switch child.waitForEnd() {
                case .status(0): continuation.resume(returning: lines)
                case let exit: continuation.resume(throwing: Failure(description: "\(exit): \(complaints)"))
                }
            }
        }
    }

    /// Starts a script that goes on until its input ends. What it prints comes line by line; behind that, what it complains of
    /// where it has ended by itself.
    static func start(_ script: String, _ arguments: [String]) throws -> (SpawnedChild, Inbox<String>) {
        let child = try spawn(script, arguments)
        let said = Inbox<String>()
        DispatchQueue.global().async {
            child.output.forEachLine { said.append([$0]) }
            said.append([complaints(of: child)])
            _ = child.waitForEnd()
        }
        return (child, said)
    }

    private static func spawn(_ script: String, _ arguments: [String]) throws -> SpawnedChild {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".build/venv/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(description: "\(python) is missing: run make test, or scripts/bootstrap test")
        }
        return try SpawnedChild(
            python,
            ["-c", script] + arguments,
            environment: ProcessInfo.processInfo.environment
        )
    }

    private static func complaints(of child: SpawnedChild) -> String {
        var lines: [String] = []
        child.errors.forEachLine { lines.append($0) }
        return lines.suffix(20).joined(separator: "\n")
    }
}
