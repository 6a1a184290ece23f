/// Over which connections topics are spread: each new one goes to the connection that carries the least, and another
/// connection is opened when none has room for it. Pure.
///
/// Counted is all that was given to a connection, also what waits there to be asked for: so a connection may be given more
/// than it carries. The session has its own bounds for what waits.
struct TopicSpread {
    enum Place: Equatable {
        /// This one has room.
        case connection(Int)
        /// None has room, and one more may be opened.
        case another
        /// None has room. This one was given the least.
        case full(least: Int)
    }

    let maximumConnections: Int
    /// What one connection carries: the exchange's limit.
    let capacity: Int
    /// Characters by the connection's number.
    private(set) var loads: [Int: Int] = [:]

    init(maximumConnections: Int, capacity: Int) {
        self.maximumConnections = maximumConnections
        self.capacity = capacity
    }

    mutating func open(_ connection: Int) { loads[connection] = 0 }
    mutating func close(_ connection: Int) { loads[connection] = nil }

    func place(for name: String) -> Place {
        let least = loads.min { ($0.value, $0.key) < ($1.value, $1.key) }
        guard let least else { return .another }
        if least.value + ConnectionRoom.cost(of: name) <= capacity { return .connection(least.key) }
        return loads.count < maximumConnections ? .another : .full(least: least.key)
    }

    /// It was given more than it carries.
    func isOverfull(_ connection: Int) -> Bool { loads[connection].map { $0 > capacity } ?? false }

    mutating func add(_ name: String, to connection: Int) { loads[connection]? += ConnectionRoom.cost(of: name) }
    mutating func remove(_ name: String, from connection: Int) { loads[connection]? -= ConnectionRoom.cost(of: name) }
}
