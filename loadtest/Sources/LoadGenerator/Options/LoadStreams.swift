import Core

/// The streams of a run, and which of them a client is subscribed to. Named so that the number of a stream stands at the
/// end of its name, whatever the spelling: `ticker.LT00001`, `depth.50.LT00001`, `trade.LT00001`.
package struct LoadStreams: Sendable {
    package let names: [StreamName]

    package init(_ count: Int, _ deliveryClass: DeliveryClass) throws {
        names = try (0..<count).map { index in
            let digits = String(index + 1)
            let symbol = "LT" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
            return switch deliveryClass {
            case .latest: try StreamName(canonical: "ticker.\(symbol)")
            case .delta: try StreamName(canonical: "depth.50.\(symbol)")
            case .transient: throw LoadFailure("no load is made of messages without numbers: they can't be checked")
            case .event: try StreamName(canonical: "trade.\(symbol)")
            }
        }
    }

    package var count: Int { names.count }
}
