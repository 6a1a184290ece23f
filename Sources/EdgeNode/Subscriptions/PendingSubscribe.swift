import Core

/// A subscribe or resume request that waits until all of its streams are live, and of those to be resumed the log is at
/// hand. Lives on its shard's loop.
final class PendingSubscribe {
    enum Kind {
        case subscribe
        case resume
    }

    /// A stream that will be subscribed when the request is answered.
    struct Wanted {
        var argument: StreamArgument
        var descriptor: StreamDescriptor
        var variant: Variant
        /// Up to where the client says that it has the stream; nil where it says nothing.
        var claim: ResumeClaim?

        var stream: StreamName { descriptor.name }
    }

    /// Nil once it has ended, which it says itself: a weak reference would make every other to it slow.
    var connection: ClientConnection?
    let kind: Kind
    let dialect: DialectID
    let id: String?
    /// Without those that have ended while the request waited: they are in `rejected`.
    private(set) var wanted: [Wanted]
    private(set) var rejected: [Rejection]
    /// Streams that are not live yet, or whose log is not at hand yet.
    var awaited: Set<StreamName> = []
    var isAnswered = false
    private let claimed: Set<StreamName>

    /// Arguments in one request, where the limit on subscriptions is not higher. A reply repeats each bad argument with its reason: a
    /// request must not be answered with many times its size.
    static func maximumArguments(subscriptions: Int) -> Int { max(subscriptions, 1000) }

    /// Sorts what is asked for into what may be had and what not. May it still be had: also of a token that was given out when
    /// it might. Who may have it is asked before whether it is there.
    init(
        connection: ClientConnection,
        kind: Kind,
        request: ClientRequest,
        asked: [ResumeRequest.Wanted],
        permissions: Permissions
    ) {
        let principal = connection.principal
        var wanted: [Wanted] = []
        var rejected: [Rejection] = []
        for item in asked {
            switch item.argument.stream {
            case .failure where !permissions.mayKnow(of: item.argument.spelling, principal):
                rejected.append(.forbidden(item.argument.spelling))
            case .failure(let error): rejected.append(Rejection(item.argument.spelling, error))
            case .success(let stream) where !permissions.grants(stream, to: principal):
                rejected.append(.forbidden(item.argument.spelling))
            case .success(let stream):
                wanted.append(
                    Wanted(
                        argument: item.argument,
                        descriptor: stream,
                        variant: Variant(
                            dialect: item.dialect ?? request.dialect,
                            tellsTimes: request.tellsTimes ?? item.tellsTimes
                        ),
                        // There is no place to go on from in what has no numbers.
                        claim: stream.deliveryClass.isSequenced ? item.claim : nil
                    )
                )
            }
        }
        self.connection = connection
        self.kind = kind
        self.dialect = request.dialect
        self.id = request.id
        self.wanted = wanted
        self.rejected = rejected
        self.claimed = Set(wanted.filter { $0.claim != nil }.map(\.stream))
    }

    var descriptors: Set<StreamDescriptor> { Set(wanted.map(\.descriptor)) }

    /// True where the log must be read before the request can be answered.
    func needsLog(of stream: StreamName) -> Bool { claimed.contains(stream) }

    /// `positions` by canonical name, in the order in which the streams were asked for, each once.
    func named(_ positions: [StreamName: Position]) -> [(String, Position)] {
        var rest = positions
        return wanted.compactMap { item in
            rest.removeValue(forKey: item.stream).map { (item.stream.canonical, $0) }
        }
    }

    /// Takes out what the client may not have any longer, while it waits.
    func forbid(_ isForbidden: (StreamDescriptor) -> Bool) {
        for stream in Set(wanted.map(\.descriptor)) where isForbidden(stream) {
            reject(stream.name) { .forbidden($0) }
        }
    }

    /// `stream` will not come: each spelling of it is rejected.
    func reject(_ stream: StreamName, _ rejection: (String) -> Rejection) {
        rejected += wanted.filter { $0.stream == stream }.map { rejection($0.argument.spelling) }
        wanted.removeAll { $0.stream == stream }
        awaited.remove(stream)
    }
}

@available(*, unavailable)
extension PendingSubscribe: Sendable {}
