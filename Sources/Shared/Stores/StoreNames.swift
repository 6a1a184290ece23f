import Core

/// What streams and channels are called in Redis and NATS, in one place.
///
/// In Redis the part in braces is what a cluster hashes: all that belongs to a stream lies on one slot.
package struct StoreNames: Sendable, Hashable {
    /// `BRAND`: gateways with different brands can share one server.
    package let brand: String

    /// The number of the Redis database. Redis keeps the keys of each apart, but has one set of channels for all: so the
    /// channels carry it. Those of database 0 have the names that they had before any carried it.
    private var database = 0

    package init(brand: String) {
        self.brand = brand
    }

    /// The same names, for a connection to this database.
    package func inDatabase(_ number: Int) -> StoreNames {
        var names = self
        names.database = number
        return names
    }

    // MARK: Redis

    /// The stream (in Redis's sense) that holds a stream's log.
    package func logKey(_ stream: StreamName) -> String { "\(brand):log:{\(stream.canonical)}" }

    /// Where a stream stands, `<epoch> <sequence>`: it outlives the log.
    package func headKey(_ stream: StreamName) -> String { "\(brand):head:{\(stream.canonical)}" }

    package func channel(_ stream: StreamName) -> String { "\(channelPrefix){\(stream.canonical)}" }

    package func channel(_ control: ControlChannel) -> String { "\(channelBrand):control:\(control.rawValue)" }

    /// The highest term that was ever given to a leader.
    package var termKey: String { "\(brand):term" }

    /// The leader's lease: its value is the leader's own name.
    package var leaderKey: String { "\(brand):leader" }

    /// What was revoked, by when that is over.
    package var revocationsKey: String { "\(brand):revoked" }

    /// The sorted set that holds a leased set's members, by when the lease of each is over.
    package func leasedSetKey(_ set: LeasedSetName) -> String { "\(brand):leased:\(set.kind):{\(set.name)}" }

    package var channelPrefix: String { "\(channelBrand):live:" }

    /// A brand has no colon.
    private var channelBrand: String { database == 0 ? brand : "\(brand):\(database)" }

    /// The stream that a channel belongs to; nil for a name that isn't ours.
    package func stream(ofChannel channel: Substring) -> StreamName? {
        guard channel.hasPrefix(channelPrefix), channel.hasSuffix("}") else { return nil }
        let name = channel.dropFirst(channelPrefix.count)
        guard name.first == "{" else { return nil }
        return try? StreamName(canonical: String(name.dropFirst().dropLast()))
    }

    // MARK: NATS

    package func subject(_ stream: StreamName) -> String { "\(brand).live.\(stream.canonical)" }

    package func subject(_ control: ControlChannel) -> String { "\(brand).control.\(control.rawValue)" }
}
