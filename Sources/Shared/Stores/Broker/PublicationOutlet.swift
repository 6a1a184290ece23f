import Core

/// Where the leading ingestor's publications go: kept in the history and handed to the broker, as one step.
///
/// What has no place in the sequence (refusals, transient messages) is handed to the broker and not kept.
package protocol PublicationOutlet: Sendable {
    /// Returns when the history has the batch and the broker was given it, in order. After an error it may be called
    /// again with the same batch: what the history has already is not kept twice; some may reach the broker twice.
    ///
    /// Throws `HistoryError` where somebody else leads, or has written a stream, or where logs can't be used (`unusable`,
    /// after all else was delivered); any other error where trying again may help.
    func deliver(_ batch: [Publication]) async throws
}

/// The outlet for a history and a broker that know nothing of one another: what was kept is then published, so that
/// whatever an edge node hears can be read again.
package struct HistoryThenBroker: PublicationOutlet {
    private let history: any History
    private let broker: any Broker

    package init(history: any History, broker: any Broker) {
        self.history = history
        self.broker = broker
    }

    package func deliver(_ batch: [Publication]) async throws {
        let logged = batch.filter(\.isSequenced)
        do {
            if !logged.isEmpty { try await history.append(logged) }
        } catch HistoryError.unusable(let logs) {
            try await broker.publish(batch.filter { !$0.isSequenced || logs[$0.stream] == nil })
            throw HistoryError.unusable(logs)
        }
        try await broker.publish(batch)
    }
}
