/// Where finished log lines go. Called on any thread, event loops included.
package protocol LogSink: Sendable {
    /// Takes one line, its newline included. Never throws: a process must not fail for want of a log.
    func emit(_ line: [UInt8])

    /// How a line is written that says how many were dropped, for a sink that may drop some.
    func describeDrops(_ notice: @escaping @Sendable (_ lines: Int) -> [UInt8])
}

extension LogSink {
    package func describeDrops(_ notice: @escaping @Sendable (_ lines: Int) -> [UInt8]) {}
}
