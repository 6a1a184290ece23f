import Foundation
import Glibc
import TestSupport

/// A script of `Tests/IntegrationTests/Python`, run by the Python of the virtual environment. It ends with its input, at the
/// latest when the tests do.
final class PythonScript: Sendable {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    private let child: SpawnedChild
    private let lines = Inbox<String>()

    init(_ name: String) throws {
        // `Tests/IntegrationTests/Support/PythonScript.swift` is four levels below the package.
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".build/venv/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failed(description: "\(python) is missing: run make test, or scripts/bootstrap test")
        }
        child = try SpawnedChild(
            python,
            ["-u", folder.appending(path: "Python/\(name)").path],
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
