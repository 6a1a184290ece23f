import Foundation
import Glibc
import TestSupport

/// A script of `Tests/IntegrationTests/Python`, or one that is shared, run by the Python of the virtual environment. It ends with its input, at the
/// latest when the tests do.
final class PythonScript: Sendable {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let child: SpawnedChild
    private let lines = Inbox<String>()

    /// - Parameter shared: A path of `SharedScript`.
    convenience init(shared: String, _ arguments: [String] = []) throws {
        try self.init(at: { _ in shared }, arguments)
    }

    convenience init(_ name: String) throws {
        try self.init(at: { $0.appending(path: "Python/\(name)").path }, [])
    }

    private init(at path: (URL) -> String, _ arguments: [String]) throws {
        // `Tests/IntegrationTests/Support/PythonScript.swift` is four levels below the package.
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".build/venv/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failed(description: "\(python) is missing: run make test, or scripts/bootstrap test")
        }
        child = try SpawnedChild(
            python,
            ["-u", path(folder)] + arguments,
            environment: ProcessInfo.processInfo.environment
        )
        // Both are read to their ends, so that the script is never held up. A thread each, for as long as it runs.
        let (child, lines) = (child, lines)
        Thread.detachNewThread {
            child.output.forEachLine { lines.append([$0]) }
            lines.append([""])
        }
        Thread.detachNewThread {
            child.errors.forEachLine { FileHandle.standardError.write(Data("python: \($0)\n".utf8)) }
        }
    }

    /// What it prints first, read as JSON.
    func answer<Answer: Decodable>(_: Answer.Type = Answer.self) async throws -> Answer {
        let line = await lines.elements(atLeast: 1).first ?? ""
        guard !line.isEmpty else { throw Failed(description: "the script printed nothing: see its errors") }
        return try JSONDecoder().decode(Answer.self, from: Data(line.utf8))
    }

    /// Returns when it has ended.
    func end() {
        child.closeInput()
        child.signal(SIGKILL)
        _ = child.waitForEnd()
    }
}
