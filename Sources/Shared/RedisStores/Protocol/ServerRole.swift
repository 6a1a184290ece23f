/// Whether a Redis server takes writes, by its answer to HELLO. A demoted server leaves its connections open and answers
/// what only reads, so it has to be asked.
enum ServerRole: Hashable {
    case primary
    case replica

    /// Nil where the answer does not tell: Redis before 6, or a user who may not ask.
    init?(_ reply: RESPValue?) {
        guard let fields = reply?.array else { return nil }
        let index = stride(from: 0, to: fields.count - 1, by: 2).first { fields[$0].text == "role" }
        switch index.flatMap({ fields[$0 + 1].text }) {
        case "master": self = .primary
        case "replica", "slave": self = .replica
        default: return nil
        }
    }

    static let question = RedisCommand("HELLO", "2")
}
