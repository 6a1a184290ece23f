import Core
import Stores

/// The outlet for one Redis that is history and broker: each publication is kept and published in one step, so the
/// order of a log is the order in which the edge nodes hear it, and what they hear can be read again.
///
/// What was kept is not published again when a batch is repeated: the lost answer does not mean a lost publication.
package struct RedisOutlet: PublicationOutlet {
    private let writer: RedisLogWriter

    /// `client` may be shared with a history on the same server, and is closed by its owner.
    package init(
        _ client: RedisClient,
        names: StoreNames,
        retention: Retention,
        writing wire: WireVersion = .one
    ) {
        writer = RedisLogWriter(client, names: names, retention: retention, writing: wire, publishes: true)
    }

    package func deliver(_ batch: [Publication]) async throws { try await writer.append(batch) }
}
