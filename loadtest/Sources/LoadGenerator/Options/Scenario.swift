/// What the clients do.
package enum Scenario: String, Sendable, CaseIterable, Codable {
    /// Connect, subscribe, and stay.
    case idle
    /// One stream to all.
    case hot
    /// Many streams, some of them to each.
    case many
    /// As `hot` or `many`, while a share of the clients stops reading or reads at a trickle.
    case slow
    /// All connections are cut at once, and all clients come back with their positions.
    case storm
    /// Clients come and go.
    case churn
    /// Raw bytes of `loadtest floor`.
    case sink
}
