import NIOCore

/// A connection of which only the node's half is alive. The kernel goes on to acknowledge what comes, as that of a machine
/// that has vanished would not.
final class HalfOpen: HostileScript {
    enum Kind: CaseIterable {
        /// Connects, and sends not a byte.
        case silent
        /// Subscribes, and reads and sends nothing any more.
        case deaf
        /// Subscribes, and says that nothing more comes from it (`FIN`), but reads on.
        case finished
    }

    private let kind: Kind
    private let symbols: [String]

    init(_ kind: Kind, symbols: [String]) {
        self.kind = kind
        self.symbols = symbols
    }

    var upgrades: Bool { kind != .silent }
    var bytesPerSecond: Int? { kind == .finished ? nil : 0 }
    var answersPings: Bool { false }
    var closesItsHalf: Bool { kind == .finished }

    func opened() -> [ByteBuffer] {
        kind == .silent ? [] : [MarketText.subscribe(symbols.map { "ticker.\($0)" })]
    }
}
