/// How a client's connection came to its end: with which close code, and by whom. A value; there are few of them.
struct ConnectionEnding: Hashable, Sendable {
    enum Side: String, CaseIterable, Sendable {
        /// Its close frame came first.
        case client
        case node
        /// Without a close frame of either.
        case network
    }

    /// Nil: one that is not counted by itself.
    let code: UInt16?
    let side: Side

    private init(code: UInt16?, side: Side) {
        self.code = code
        self.side = side
    }

    static let network = ConnectionEnding(code: abnormal, side: .network)
    static let other = ConnectionEnding(code: nil, side: .client)

    static func node(_ code: CloseCode?) -> ConnectionEnding {
        ConnectionEnding(code: counted(code?.rawValue ?? abnormal), side: .node)
    }

    /// - Parameter code: Nil where the client's frame had none.
    static func client(_ code: CloseCode?) -> ConnectionEnding {
        ConnectionEnding(code: counted(code?.rawValue ?? none), side: .client)
    }

    var codeText: String { code.map { "\($0)" } ?? "other" }

    /// RFC 6455, section 7.4.1: what an endpoint says to itself.
    private static let none: UInt16 = 1005
    private static let abnormal: UInt16 = 1006

    private static let codes: Set<UInt16> = Set(CloseCode.ours.map(\.rawValue)).union([none, abnormal])

    private static func counted(_ code: UInt16) -> UInt16? { codes.contains(code) ? code : nil }

    /// As many as there can be.
    static let bound = (codes.count + 1) * Side.allCases.count

    /// Those that every node has now and then.
    static let known: [ConnectionEnding] = [
        .client(.normal), .client(.goingAway), .client(nil), .node(.goingAway), .node(.slowConsumer), .network,
    ]
}
