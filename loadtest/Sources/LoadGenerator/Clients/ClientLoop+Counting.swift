import Histogram

/// What each message adds to the counts of a loop: the hot path of a load test.
extension ClientLoop {
    @inline(__always)
    func count(_ verdict: StreamCursor.Verdict, _ message: StreamMessage, isSlow: Bool, isFresh: Bool) {
        if isSlow {
            Self.count(verdict, message, isFresh, now, measured, &slowTally)
        } else {
            Self.count(verdict, message, isFresh, now, measured, &tally)
            if let gates = settings.gates { gates.delivered(verdict, of: message.stream) }
        }
    }

    @inline(__always)
    fileprivate static func count(
        _ verdict: StreamCursor.Verdict,
        _ message: StreamMessage,
        _ isFresh: Bool,
        _ now: Int64,
        _ measured: MeasuredTime,
        _ tally: inout Tally
    ) {
        tally.received += 1
        let isMeasured = measured.contains(message.time)
        switch verdict {
        case .next(let covered): if isMeasured { tally.conflated += Int(covered) }
        case .gap(let missing, let covered):
            tally.gaps += 1
            guard isMeasured else { return }
            tally.missing += Int(missing)
            tally.conflated += Int(covered)
        case .state: return
        case .repeated:
            tally.repeats += 1
            return
        case .reordered: tally.reorders += 1
        }
        guard isMeasured else { return }
        tally.delivered += 1
        tally.lastDelivery = now
        if isFresh { tally.latency.record(UInt64(max(0, now - message.time) / 1000)) }
    }

    func countNotice(missing: UInt64, stream: Int, isSlow: Bool) {
        guard !isSlow else {
            slowTally.toldGaps += 1
            slowTally.toldMissing += Int(missing)
            return
        }
        tally.toldGaps += 1
        tally.toldMissing += Int(missing)
        settings.gates?.excused(missing, of: stream)
    }

    func unreadable(_ client: LoadClient) {
        if client.isSlow { slowTally.unreadable += 1 } else { tally.unreadable += 1 }
    }
}
