import Glibc
import NIOCore

/// A server that does nothing but send: accepts its clients, then sends the same bytes to each in a bare loop of
/// non-blocking `send(2)`. What it costs is what no server can be cheaper than.
///
/// Owned by one thread, which it blocks: the process has nothing else to do.
package struct Floor: Sendable {
    private static let acceptPatience: Int64 = 30_000_000_000

    private let options: FloorOptions
    private let interruption: Interruption

    package init(_ options: FloorOptions, interruption: Interruption = Interruption()) throws(LoadFailure) {
        try options.check()
        self.options = options
        self.interruption = interruption
    }

    /// - Parameter isListening: Told when clients may come.
    package func run(isListening: () -> Void = {}) async throws -> FloorReport {
        try DescriptorLimit.raise(forClients: options.clients)
        let hold = options.isHeld ? HoldLines() : nil
        var sockets = try FloorSockets(port: options.port)
        defer { sockets.close() }
        isListening()
        try accept(&sockets)
        try await hold?.wait(telling: "ready", unless: interruption)
        let report = send(&sockets)
        try await hold?.wait(telling: "measured", unless: interruption)
        return report
    }

    private func accept(_ sockets: inout FloorSockets) throws(LoadFailure) {
        var last = MonotonicClock.nanoseconds()
        while sockets.clients.count < options.clients {
            if sockets.accept(within: 100) { last = MonotonicClock.nanoseconds() }
            guard !interruption.isWished, MonotonicClock.nanoseconds() - last < Self.acceptPatience else {
                throw LoadFailure("\(sockets.clients.count) of \(options.clients) clients came")
            }
        }
    }

    private func send(_ sockets: inout FloorSockets) -> FloorReport {
        var report = FloorReport()
        (report.clients, report.bytes, report.rate) = (sockets.clients.count, options.bytes, options.rate)
        let start = MonotonicClock.nanoseconds()
        let measured = MeasuredTime(
            start: start + Int64(options.warmup * 1e9),
            end: start + Int64((options.warmup + options.seconds) * 1e9)
        )
        let plan = PublishingPlan(rate: options.rate, burst: 1, start: start, end: measured.end)
        let pad = PublicationData.pad(options.bytes)
        var round = 0
        var begin: (time: Int64, cpu: Int64)?
        while !interruption.isWished {
            let moment = options.rate > 0 ? plan.moment(of: round) : MonotonicClock.nanoseconds()
            guard moment < measured.end else { break }
            if options.rate > 0 { MonotonicClock.sleep(until: moment) }
            if begin == nil, moment >= measured.start {
                begin = (MonotonicClock.nanoseconds(), MonotonicClock.processCPU())
                (report.sent, report.blocked) = (0, 0)
            }
            round += 1
            let message = PublicationData.make(time: moment, number: UInt64(round), bytes: options.bytes, pad: pad)
            message.withUnsafeReadableBytes { sendToAll($0, &sockets, &report) }
        }
        if let begin {
            report.seconds = Double(MonotonicClock.nanoseconds() - begin.time) / 1e9
            report.cpuSeconds = Double(MonotonicClock.processCPU() - begin.cpu) / 1e9
            report.sentPerSecond = Double(report.sent) / report.seconds
            if report.sent > 0 { report.cpuMicrosecondsPerMessage = report.cpuSeconds * 1e6 / Double(report.sent) }
        }
        report.isInterrupted = interruption.isWished
        return report
    }

    private func sendToAll(_ bytes: UnsafeRawBufferPointer, _ sockets: inout FloorSockets, _ report: inout FloorReport)
    {
        let flags = Int32(Int(MSG_DONTWAIT) | Int(MSG_NOSIGNAL))
        for client in sockets.clients {
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.send(client, rest.baseAddress, rest.count, flags)
                if count == rest.count { break }
                if count < 0, errno != EAGAIN {
                    sockets.drop(client)
                    report.closed += 1
                    break
                }
                report.blocked += 1
                if count > 0 { rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count)) }
                while !FloorSockets.wait(client, for: Int16(POLLOUT), 100) {
                    if interruption.isWished { return }
                }
            }
            report.sent += 1
        }
    }
}
