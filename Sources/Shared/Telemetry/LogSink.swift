/// Where finished log lines go. Called on any thread, event loops included.
package protocol LogSink: Sendable {
    /// Takes one line, its newline included. Never throws: a process must not fail for want of a log.
    func emit(_ line: [UInt8])
}
