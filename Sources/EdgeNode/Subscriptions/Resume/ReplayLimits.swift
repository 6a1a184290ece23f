/// How much is replayed to one client of one stream; beyond it the client gets the stream's state instead.
struct ReplayLimits: Equatable, Sendable {
    var entries: Int
    var bytes: Int
}
