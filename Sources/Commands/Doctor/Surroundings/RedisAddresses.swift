import Composition
import Platform

/// The Redis servers that settings lead to, each once.
enum RedisAddresses {
    struct Address: Sendable, Hashable {
        /// It may have a password.
        let text: String
        let setting: Setting<String?>
        let keepsHistory: Bool

        static func == (one: Address, other: Address) -> Bool { one.text == other.text }

        func hash(into hasher: inout Hasher) { hasher.combine(text) }
    }

    static func of(_ surroundings: Surroundings) -> [Address] {
        guard let addresses = try? StoreAddresses(surroundings.settings, for: surroundings.program) else { return [] }
        var found: [Address] = []
        func add(_ address: StoreAddresses.Address, keepsHistory: Bool) {
            let all = [Settings.Stores.redisURL, Settings.Stores.brokerURL, Settings.Stores.historyURL]
            let setting = all.first { $0.name == address.setting } ?? Settings.Stores.redisURL
            let new = Address(text: address.text, setting: setting, keepsHistory: keepsHistory)
            if !found.contains(new) { found.append(new) }
        }
        if case .redis(let address) = addresses.history { add(address, keepsHistory: true) }
        if case .redis(let address) = addresses.broker { add(address, keepsHistory: false) }
        if let address = addresses.lease { add(address, keepsHistory: false) }
        return found
    }
}
