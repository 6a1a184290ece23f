/// Which broker and which history a process uses, from its settings: pure. The addresses themselves are parsed where they
/// are used.
package struct StoreAddresses: Sendable, Hashable {
    package enum Broker: Sendable, Hashable {
        case memory
        case nats(String)
        case redis(String)
    }

    package enum History: Sendable, Hashable {
        case memory
        case none
        case redis(String)
    }

    package let broker: Broker
    package let history: History
    /// The Redis that keeps the leader's lease; nil where there is none, and one ingestor must be all there are.
    package let lease: String?

    /// - Parameters: The values of REDIS_URL, BROKER_URL and HISTORY_URL.
    /// - Throws: `StoreAddressError` where processes of their own would have nothing between them.
    package init(redis: String?, broker: String?, history: String?, for program: Program) throws {
        self.broker = try Self.broker(broker ?? redis, program)
        self.history = try Self.history(history ?? redis, program)
        lease = redis ?? Self.redis(self.history) ?? Self.redis(self.broker)
    }

    package init(_ settings: ResolvedSettings, for program: Program) throws {
        try self.init(
            redis: settings[Settings.Stores.redisURL],
            broker: settings[Settings.Stores.brokerURL],
            history: settings[Settings.Stores.historyURL],
            for: program
        )
    }

    private static func broker(_ address: String?, _ program: Program) throws -> Broker {
        guard let address else {
            guard program == .standalone else {
                throw StoreAddressError(
                    "BROKER_URL is not set, nor REDIS_URL: the ingestor and the edge nodes need a broker between them; "
                        + "give BROKER_URL=nats://host:4222 or REDIS_URL=redis://host:6379"
                )
            }
            return .memory
        }
        if address == "memory:" {
            try refuseMemory("BROKER_URL", program)
            return .memory
        }
        return address.hasPrefix("redis") ? .redis(address) : .nats(address)
    }

    private static func history(_ address: String?, _ program: Program) throws -> History {
        guard let address else {
            guard program == .standalone else {
                throw StoreAddressError(
                    "HISTORY_URL is not set, nor REDIS_URL: give HISTORY_URL=redis://host:6379, or HISTORY_URL=none "
                        + "for a gateway whose clients can't resume"
                )
            }
            return .memory
        }
        switch address {
        case "none": return .none
        case "memory:":
            try refuseMemory("HISTORY_URL", program)
            return .memory
        default: return .redis(address)
        }
    }

    private static func refuseMemory(_ name: String, _ program: Program) throws {
        guard program != .standalone else { return }
        throw StoreAddressError("\(name)=memory: works inside one process only, which is `tidegate standalone`")
    }

    private static func redis(_ broker: Broker) -> String? {
        if case .redis(let address) = broker { address } else { nil }
    }

    private static func redis(_ history: History) -> String? {
        if case .redis(let address) = history { address } else { nil }
    }
}

/// The stores' settings don't fit together. Its description is one line for a person.
package struct StoreAddressError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
