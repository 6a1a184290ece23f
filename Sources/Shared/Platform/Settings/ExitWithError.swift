import Glibc

/// Ends the process with status 1 and one line on stderr that says why.
package func exitWithError(_ program: String, _ error: any Error) -> Never {
    FileDescriptorSink.standardError.emit(Array("\(program): \(error)\n".utf8))
    exit(1)
}
