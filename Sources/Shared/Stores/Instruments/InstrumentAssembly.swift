import Core

/// Puts a list of instruments together of its parts. Pure.
///
/// Of one list at a time: a part of another begins anew. Bounded as a message and its number of parts are. What does not have
/// the checksum that it says is no list.
package struct InstrumentAssembly {
    private var checksum: UInt64?
    private var parts: [Int: [String]] = [:]

    package init() {}

    /// The list that `message` is, or that it completes.
    package mutating func take(_ message: InstrumentMessage) -> InstrumentList? {
        if checksum != message.checksum || parts.keys.contains(where: { $0 >= message.parts }) { parts = [:] }
        checksum = message.checksum
        parts[message.part] = message.symbols
        guard parts.count == message.parts else { return nil }
        let symbols = Set(parts.values.joined())
        parts = [:]
        guard let list = InstrumentList(symbols), list.checksum == message.checksum else { return nil }
        return list
    }
}
