import Core

/// Where a feed's exchange says which instruments it has.
package protocol InstrumentSource: Sendable {
    /// Asks once, within a time of its own. Throws with words for a person.
    func instruments() async throws -> InstrumentList
}
