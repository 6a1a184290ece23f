/// How a report comes from what was counted.
extension LoadReport {
    /// - Parameter slow: Later than `last`, since slow clients read on for a while.
    mutating func add(_ last: FleetSnapshot, slow: FleetSnapshot) {
        let tally = last.tally
        retries = last.retries
        connectionsMade = last.connectionsMade
        delivered = tally.delivered
        received = tally.received + last.slowTally.received
        conflated = tally.conflated
        gaps = tally.gaps
        missing = tally.missing
        toldGaps = tally.toldGaps
        toldMissing = tally.toldMissing
        repeats = tally.repeats
        reorders = tally.reorders
        unreadable = tally.unreadable
        closed = tally.closed
        latency = LatencySummary(tally.latency)
        deliveriesPerSecond = Double(delivered) / seconds
        if delivered > 0 { clientCPUMicrosecondsPerMessage = clientCPUSeconds * 1e6 / Double(delivered) }
        guard scenario == .slow else { return }
        self.slow = Self.slow(slow)
    }

    private static func slow(_ snapshot: FleetSnapshot) -> Slow {
        let tally = snapshot.slowTally
        var slow = Slow()
        slow.clients = snapshot.slowLive + tally.closed.values.reduce(0, +)
        slow.connected = snapshot.slowLive
        slow.delivered = tally.delivered
        slow.conflated = tally.conflated
        slow.gaps = tally.gaps
        slow.missing = tally.missing
        slow.toldGaps = tally.toldGaps
        slow.toldMissing = tally.toldMissing
        slow.repeats = tally.repeats
        slow.reorders = tally.reorders
        slow.closed = tally.closed
        slow.latency = LatencySummary(tally.latency)
        return slow
    }

    mutating func add(_ outcome: Publisher.Outcome?, expected: Int?) {
        if let outcome {
            published = outcome.published.reduce(0, +)
            publishedPerSecond = Double(published ?? 0) / seconds
            generatorLag = LatencySummary(outcome.lag)
            publishErrors = outcome.errors
            stalls = outcome.stalls
            if let error = outcome.firstError {
                problems.append("\(outcome.errors) batches could not be published: \(error)")
            }
        }
        // Where somebody else publishes, what the sequences show.
        self.expected = expected ?? (clients > 0 ? delivered + conflated + missing + toldMissing : nil)
        if let expected = self.expected, expected > 0 { share = Double(delivered + conflated) / Double(expected) }
    }

    mutating func add(_ counts: StormCounts, since cut: Int64) {
        var storm = Storm()
        storm.reconnected = counts.reconnected
        storm.recovered = counts.recovered
        storm.notRecovered = counts.notRecovered
        storm.replayed = counts.replayed
        storm.live = counts.live
        if counts.live == connected, connected > 0 {
            storm.secondsToLastLive = Double(counts.lastLive - cut) / 1e9
        }
        self.storm = storm
    }

    /// What keeps this from being a clean result.
    mutating func findProblems() {
        func add(_ isWrong: Bool, _ words: @autoclosure () -> String) { if isWrong { problems.append(words()) } }
        let lost = closed.values.reduce(0, +)
        // The floor ends when it is done.
        add(lost > 0 && target != .raw, "\(lost) connections were closed by the server: \(Amount.counts(closed))")
        add(gaps > 0, "\(gaps) gaps that nobody told, \(missing) publications in them")
        add(repeats > 0, "\(repeats) repeats")
        add(reorders > 0, "\(reorders) messages out of order")
        add(unreadable > 0, "\(unreadable) messages that are none of the protocol")
        if let slow {
            add(slow.gaps + slow.repeats + slow.reorders > 0, "gaps, repeats or reorders at slow clients")
        }
        if let storm {
            add(storm.secondsToLastLive == nil, "only \(storm.live) of \(connected) clients came back to life")
        }
        if let expected, !isInterrupted, closed.isEmpty, scenario != .churn {
            let known = delivered + conflated + missing + toldMissing
            add(known < expected, "\(expected - known) of \(expected) deliveries never came")
        }
    }
}
