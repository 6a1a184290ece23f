import Glibc

/// Ends the process with status 1 and one line on stderr that says why, as its `LastWords`.
package func exitWithError(_ program: String, _ error: any Error) -> Never {
    LastWords.say(["\(error)"], of: program, asText: "\(program): \(error)")
    exit(1)
}
