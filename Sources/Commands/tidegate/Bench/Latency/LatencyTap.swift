import Core
import Stores

/// Hears at the broker what clients hear, for the time at which the ingestor had it. Any thread.
final class LatencyTap: BrokerReceiver {
    private let probe: LatencyProbe

    init(_ probe: LatencyProbe) {
        self.probe = probe
    }

    func receive(_ batch: [Publication]) { probe.ingested(batch) }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
