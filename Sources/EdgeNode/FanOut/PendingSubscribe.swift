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
    /// Without those that have ended while the request waited: they are in `rejected`.
    private(set) var wanted: [Wanted]
    private(set) var rejected: [Rejection]
    /// Streams that are not live yet.
    var awaited: Set<StreamName> = []
    var isAnswered = false

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

    var streams: Set<StreamName> { Set(wanted.map(\.stream)) }

    /// `stream` will not come: each spelling of it is rejected.
    func reject(_ stream: StreamName, _ rejection: (String) -> Rejection) {
        rejected += wanted.filter { $0.stream == stream }.map { rejection($0.argument.spelling) }
        wanted.removeAll { $0.stream == stream }
        awaited.remove(stream)
    }
}

@available(*, unavailable)
extension PendingSubscribe: Sendable {}
