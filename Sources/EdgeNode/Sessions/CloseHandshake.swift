import NIOCore

/// How far a connection is on its way out. Pure.
struct CloseHandshake {
    enum Ending {
        case output
        case socket
    }

    /// When the socket is closed at the latest; nil before a close frame has been written.
    private(set) var deadline: NIODeadline?
    /// The peer has broken a rule: what it still sends is thrown away.
    private(set) var hasFailed = false
    /// What is closed when what waits has been sent.
    private var ending: Ending?

    /// Who ended the connection, and how; nil where nobody has.
    private(set) var cause: ConnectionEnding?

    var hasBegun: Bool { deadline != nil }

    /// A close frame has been written.
    mutating func begin(until deadline: NIODeadline) { self.deadline = deadline }

    /// What came first counts.
    mutating func note(_ cause: ConnectionEnding) { self.cause = self.cause ?? cause }

    mutating func fail() { hasFailed = true }

    /// Nothing is written behind what waits.
    mutating func end(with ending: Ending) { self.ending = ending }

    /// All that waited has been sent: what is to be closed, once.
    mutating func takeEnding() -> Ending? { ending.take() }
}
