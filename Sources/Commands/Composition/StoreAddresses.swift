import Platform
import Stores

/// Which broker and which history a process uses, from its settings: pure. The addresses themselves are parsed where they
/// are used.
package struct StoreAddresses: Sendable, Hashable {
    /// An address, and the setting that it comes from.
    package struct Address: Sendable, Hashable {
        package let text: String
        package let setting: String

        /// Whatever `body` finds wrong with the text is said with the setting's name.
        package func parse<Value>(_ body: (String) throws -> Value) throws(StoreAddressError) -> Value {
            do {
                return try body(text)
            } catch {
                throw StoreAddressError("\(setting): \(error)")
            }
        }
    }

    package enum Broker: Sendable, Hashable {
        case memory
        case nats(Address)
        case redis(Address)
    }

    package enum History: Sendable, Hashable {
        case memory
        case none
        case redis(Address)
    }

    package let broker: Broker
    package let history: History
    /// The Redis that keeps the leader's lease; nil where there is none, and one ingestor must be all there are.
    package let lease: Address?

    /// - Parameters: The values of REDIS_URL, BROKER_URL and HISTORY_URL.
    /// - Throws: `StoreAddressError` where processes of their own would have nothing between them.
    package init(redis: String?, broker: String?, history: String?, for program: Program) throws(StoreAddressError) {
        let shared = redis.map { Address(text: $0, setting: "REDIS_URL") }
        let broker = broker.map { Address(text: $0, setting: "BROKER_URL") } ?? shared
        let history = history.map { Address(text: $0, setting: "HISTORY_URL") } ?? shared
        self.broker = try Self.broker(broker, program)
        self.history = try Self.history(history, program)
        if case .redis(let address) = self.history {
            lease = shared ?? address
        } else if case .redis(let address) = self.broker {
            lease = shared ?? address
        } else {
            lease = shared
        }
    }

    package init(_ settings: ResolvedSettings, for program: Program) throws(StoreAddressError) {
        try self.init(
            redis: settings[Settings.Stores.redisURL],
            broker: settings[Settings.Stores.brokerURL],
            history: settings[Settings.Stores.historyURL],
            for: program
        )
    }

    private static func broker(_ address: Address?, _ program: Program) throws(StoreAddressError) -> Broker {
        guard let address else {
            guard program == .standalone else {
                throw StoreAddressError(
                    "BROKER_URL is not set, nor REDIS_URL: the ingestor and the edge nodes need a broker between them; "
                        + "give BROKER_URL=nats://host:4222 or REDIS_URL=redis://host:6379"
                )
            }
            return .memory
        }
        if address.text == "memory:" {
            try refuseMemory("BROKER_URL", program)
            return .memory
        }
        return address.text.hasPrefix("redis") ? .redis(address) : .nats(address)
    }

    private static func history(_ address: Address?, _ program: Program) throws(StoreAddressError) -> History {
        guard let address else {
            guard program == .standalone else {
                throw StoreAddressError(
                    "HISTORY_URL is not set, nor REDIS_URL: give HISTORY_URL=redis://host:6379, or HISTORY_URL=none "
                        + "for a gateway whose clients can't resume"
                )
            }
            return .memory
        }
        switch address.text {
        case "none": return .none
        case "memory:":
            try refuseMemory("HISTORY_URL", program)
            return .memory
        default: return .redis(address)
        }
    }

    private static func refuseMemory(_ name: String, _ program: Program) throws(StoreAddressError) {
        guard program != .standalone else { return }
        throw StoreAddressError("\(name)=memory: works inside one process only, which is `tidegate standalone`")
    }
}

/// The stores' settings don't fit together. Its description is one line for a person.
package struct StoreAddressError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
