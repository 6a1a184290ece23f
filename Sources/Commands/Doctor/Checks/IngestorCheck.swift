import Platform
import Stores

/// Whether an ingestor leads, whether there is one only, and what it says of the exchange: by its heartbeats, which come over the broker.
struct IngestorCheck: Check {
    let name = "ingestor"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let heard = await surroundings.heard
        guard heard.isListening else { return [] }
        guard heard.roundTrip != nil else { return [.notLookedAt] }
        let isIngestor = surroundings.program == .ingestor
        var findings = Self.findings(heard, after: surroundings.hearing, isIngestor: isIngestor)
        if let last = heard.heartbeats.first, let lease = await SharedLease.read(surroundings) {
            findings += lease.findings(of: last.epoch)
        }
        return findings
    }

    /// - Parameter isIngestor: It is an ingestor that is about to be started: where none leads, that is what it is started for.
    static func findings(_ heard: Heard, after time: Duration, isIngestor: Bool) -> [Finding] {
        var findings: [Finding] = []
        if heard.unreadableHeartbeats > 0 {
            let words = "\(heard.unreadableHeartbeats) messages on its channel could not be read"
            findings.append(
                Finding(
                    .warning,
                    words,
                    advice: "look for a program of another release, or another that has this BRAND"
                )
            )
        }
        let standbys = heard.nodes.count { $0.announcement.leads == false }
        guard let last = heard.heartbeats.first else {
            let advice =
                "look whether an ingestor runs, and at its log: it falls silent when what it publishes can't be delivered"
            let words =
                "no ingestor was heard for \(time.settingText) s" + (standbys > 0 ? "; \(standbys) stand by" : "")
            return findings + [Finding(isIngestor ? .note : .problem, words, advice: isIngestor ? nil : advice)]
        }
        findings.append(Finding(.fine, "one leads, in term \(last.epoch); \(standbys) stand by"))
        if heard.heartbeats.count > 1 { findings.append(severalLead(heard, after: time)) }
        let upstream = last.upstream
        if !upstream.isConnected {
            let advice = "look at the exchange's status page, and whether the ingestor's machine reaches it"
            findings.append(Finding(.problem, "it has no connection to the exchange", advice: advice))
        }
        findings += upstream.problems.map { Finding(.problem, "upstream: \($0)") }
        if let words = upstream.unreadable.words { findings.append(Finding(.problem, "upstream: \(words)")) }
        findings += upstream.notices.map { Finding(.note, "upstream: \($0)") }
        if upstream.isSimulated {
            findings.append(Finding(.warning, "its data is SIMULATED", advice: "point BYBIT_WS_URL at the exchange"))
        }
        return findings
    }

    /// A handover has two terms as well, but one after the other.
    private static func severalLead(_ heard: Heard, after time: Duration) -> Finding {
        let terms = heard.heartbeats.map { "\($0.epoch)" }.joined(separator: ", ")
        let share = "give all ingestors the same REDIS_URL and BRAND: the lease is kept there"
        guard heard.overlap >= time / 2 else {
            let advice = "where it stays so, two lead: \(share)"
            return Finding(.warning, "ingestors of the terms \(terms) were heard", advice: advice)
        }
        return Finding(
            .problem,
            "ingestors of the terms \(terms) lead at the same time; nodes follow the highest and drop the others",
            advice:
                "end the wrong one (SIGTERM), then the right one, too, so that it leads again with a higher term; \(share)"
        )
    }
}
