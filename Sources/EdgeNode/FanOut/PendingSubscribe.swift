import Shared

/// A subscribe request that waits until all of its streams are live. Lives on its shard's loop.
final class PendingSubscribe {
    /// A stream that will be subscribed when the request is answered.
    struct Wanted {
        var argument: StreamArgument
        var stream: StreamName
    }

    /// The request's connection may end before it is answered.
    weak var connection: ClientConnection?
    let dialect: Dialect
    let id: String?
    let wanted: [Wanted]
    var rejected: [Rejection]
    /// How many streams are still awaited.
    var remaining = 0

    init(
        connection: ClientConnection,
        dialect: Dialect,
        id: String?,
        wanted: [Wanted],
        rejected: [Rejection]
    ) {
        self.connection = connection
        self.dialect = dialect
        self.id = id
        self.wanted = wanted
        self.rejected = rejected
    }
}

@available(*, unavailable)
extension PendingSubscribe: Sendable {}
