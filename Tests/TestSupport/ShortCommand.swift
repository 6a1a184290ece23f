import FoundationEssentials

/// A program of the machine that soon ends by itself. Found in `PATH`; has this process's environment.
///
/// Not by `Foundation.Process`: before it starts one it looks through the descriptors of this process, and where these are
/// thousands it reads beyond the memory in which they are listed, which has crashed a run of the tests.
package enum ShortCommand {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// The lines that it prints. Blocks until it has ended; throws what it complains of where its status is not 0.
    @discardableResult
    package static func run(_ words: String...) throws -> [String] {
        let child = try SpawnedChild("/usr/bin/env", words, environment: ProcessInfo.processInfo.environment)
        child.closeInput()
        var (lines, complaints): ([String], [String]) = ([], [])
        child.output.forEachLine { lines.append($0) }
        child.errors.forEachLine { complaints.append($0) }
        let exit = child.waitForEnd()
        guard exit == .status(0) else {
            throw Failure(
                description: "\(words.joined(separator: " ")): \(exit): \(complaints.joined(separator: "\n"))"
            )
        }
        return lines
    }
}
