import Core
import Logging
import NIOCore
import Platform

/// What a client and the node say to each other above frames: messages become requests, and requests replies in the client's
/// dialect. Lives on its shard's loop; belongs to its connection.
///
/// One request at a time: while one waits for the broker, or the reply to the last for the socket, others wait in a queue
/// (`RequestQueue`), and pings, pongs and closes are taken all the while. Its bound is the longest message, and four times
/// that while the broker is waited for: so a client may ask for thousands of streams in one breath. What comes beyond
/// the bound is refused with an error, or stays in the socket where the client does not take the replies it has. A reply may
/// be as long as the outbox; a longer one is an error in its place, and one that comes to as much again is 4008.
final class ClientSession {
    /// Of the longest that are allowed, while a request waits for the broker.
    private static let messagesThatWait = 4

    // It is the connection's own, and ends with it.
    unowned let connection: ClientConnection
    let shard: Shard
    /// The dialect of the last request: that of notices that answer none.
    var current: DialectID
    var hasGreeted = false
    private var pending: PendingSubscribe?
    /// What the client has asked for and nobody has looked at yet.
    private var requests = RequestQueue()
    private var rate = RateWindow()
    /// Nil for a client that has shown nothing.
    private var shown: ClientCredentials?
    /// Nil for a client that has asked for nothing new.
    private var introduced: Introductions?

    init(of connection: ClientConnection, on shard: Shard, dialect: DialectID) {
        self.connection = connection
        self.shard = shard
        self.current = dialect
    }

    var dialect: any Dialect { shard.dialects[current] }

    // MARK: What the client says

    /// While the broker is waited for, what a client says in one breath should fit. Who does not take the replies it has is
    /// allowed less.
    var isFull: Bool {
        let messages = pending == nil ? 1 : Self.messagesThatWait
        return requests.bytes >= messages * shard.settings.maximumMessageBytes
    }

    /// Whether the next request may be looked at.
    private var takesRequests: Bool {
        pending == nil && shown?.isAsking != true && !connection.outbox.isReplyWaiting
    }

    func take(_ message: ByteBuffer, at now: NIODeadline) {
        // A client that floods and does not read must not fill its outbox with complaints.
        let limit = connection.principal.limits.messageRate ?? shard.settings.maximumMessageRate
        guard rate.admit(at: now, limit: limit) else {
            if !connection.outbox.isBehind { send(.error(.rateLimit(perSecond: limit))) }
            return
        }
        guard requests.isEmpty, takesRequests else { return keep(message) }
        answer(message)
    }

    /// Looks at the request that has waited for the longest; false where there is none, or it must go on waiting.
    func answerNext() -> Bool {
        guard takesRequests, let request = requests.popFirst() else { return false }
        answer(request)
        return true
    }

    /// It comes while an earlier one is not answered yet.
    private func keep(_ message: ByteBuffer) {
        if isFull { send(.error(.tooManyWaiting)) } else { requests.append(message) }
    }

    private func answer(_ message: ByteBuffer) {
        // Who speaks a dialect that is not mixed with others speaks that one only.
        if dialect.marker != nil, let marked = shard.dialects.dialect(markedIn: message) { current = marked }
        do throws(ClientRequest.Failure) {
            try carryOut(dialect.request(message, in: shard.hub.catalog))
        } catch {
            greetIfNeeded()
            send(.error(error.error), id: error.id)
        }
    }

    // MARK: What the client asks for

    private func carryOut(_ request: ClientRequest) {
        greetIfNeeded()
        switch request.operation {
        case .ping: send(.pong(timestamp: WallClock.milliseconds()), in: request.dialect, id: request.id)
        case .alive: break
        case .authenticate(let credential): credentials.show(credential, in: request)
        case .unsubscribe(let arguments): unsubscribe(arguments, request)
        case .subscribe(let arguments):
            begin(.subscribe, arguments.map { ResumeRequest.Wanted(argument: $0) }, request)
        case .resume(let resume): self.resume(resume, request)
        }
    }

    private func resume(_ resume: ResumeRequest, _ request: ClientRequest) {
        do throws(ResumeTokenError) {
            var resume = resume
            if let token = resume.token {
                let now = WallClock.milliseconds()
                let user = connection.principal.user ?? ""
                resume = resume.completed(by: try shard.tokens.open(token, user: user, at: now), in: shard.hub.catalog)
            }
            begin(.resume, resume.wanted, request)
        } catch {
            tell(of: error)
            send(.error(error.clientError), in: request.dialect, id: request.id)
        }
    }

    private func tell(of failure: ResumeTokenError) {
        let words: Logger.Message = "refused a resume token"
        shard.hub.logger.log(.info, key: "resume token", words, metadata: connection.logged(["error": "\(failure)"]))
    }

    /// Hands what is asked for to the shard, within the client's limit.
    private func begin(_ kind: PendingSubscribe.Kind, _ asked: [ResumeRequest.Wanted], _ request: ClientRequest) {
        let limit = maximumSubscriptions
        guard asked.count <= PendingSubscribe.maximumArguments(subscriptions: limit) else {
            return refuseAsTooMany(request)
        }
        let pending = PendingSubscribe(
            connection: connection,
            kind: kind,
            request: request,
            asked: asked,
            permissions: shard.permissions
        )
        tell(of: pending)
        let new = Set(pending.wanted.map(\.stream)).filter { connection.subscriptions[$0] == nil }
        guard connection.subscriptions.count + new.count <= limit else { return refuseAsTooMany(request) }
        self.pending = pending
        shard.requests.take(pending)
    }

    private func tell(of request: PendingSubscribe) {
        let forbidden = request.rejected.count { $0.code == Rejection.forbiddenCode }
        guard forbidden > 0 else { return }
        shard.counters.forbidden.add(forbidden)
        shard.hub.logger.log(
            .info,
            key: "forbidden",
            "refused streams that are not for this client",
            metadata: connection.logged(["streams": "\(forbidden)"])
        )
    }

    private var maximumSubscriptions: Int {
        connection.principal.limits.subscriptions ?? shard.settings.maximumSubscriptions
    }

    private func refuseAsTooMany(_ request: ClientRequest) {
        let limit = maximumSubscriptions
        send(.error(.limitExceeded(subscriptions: limit)), in: request.dialect, id: request.id)
    }

    /// The shard has answered the request: what came behind it can be read.
    func finished(_ request: PendingSubscribe) {
        guard pending === request else { return }
        if !connection.isClosing { tellOfConfirmation(of: request) }
        request.connection = nil
        pending = nil
        connection.resumeReading()
    }

    /// Of clients there may be a hundred thousand, each with a request when it comes back: the line is for debugging.
    private func tellOfConfirmation(of request: PendingSubscribe) {
        let count = request.wanted.count
        guard count > 0 else { return }
        shard.counters.confirmed.add(count)
        shard.hub.logger.log(
            .debug,
            key: "confirmed",
            "confirmed subscriptions",
            metadata: connection.logged(["streams": "\(count)"])
        )
    }

    /// Nothing that it has asked for is answered any more.
    func forgetRequests() {
        requests.removeAll()
        pending?.connection = nil
        pending = nil
        shown?.giveUp()
    }

    private func unsubscribe(_ arguments: [StreamArgument], _ request: ClientRequest) {
        var removed: [String] = []
        var streams: Set<StreamName> = []
        for argument in arguments {
            guard case .success(let stream) = argument.stream, connection.subscriptions[stream.name] != nil,
                streams.insert(stream.name).inserted
            else { continue }
            removed.append(argument.spelling)
        }
        let reply = ClientReply.unsubscribed(removed, asked: arguments.map(\.spelling))
        guard send(reply, in: request.dialect, id: request.id) else { return }
        for stream in streams { shard.subscriptions.end(stream, of: connection) }
    }

    /// What it may ask of the exchange.
    func introductions(at now: NIODeadline) -> Introductions {
        if let introduced { return introduced }
        let bound = max(2 * maximumSubscriptions, Introductions.minimumBound)
        let introduced = Introductions(bound: bound, at: now)
        self.introduced = introduced
        return introduced
    }

    // MARK: Who it is

    private var credentials: ClientCredentials {
        if let shown { return shown }
        let credentials = ClientCredentials(of: connection, on: shard)
        shown = credentials
        return credentials
    }

    /// The client loses what it may not have any longer.
    func reviewGrants() {
        guard let pending else { return shard.subscriptions.endForbidden(of: connection, by: shard.permissions) }
        pending.forbid { [permissions = shard.permissions, principal = connection.principal] in
            !permissions.grants($0, to: principal)
        }
        shard.subscriptions.endForbidden(of: connection, by: shard.permissions)
    }

    /// True where what it has shown has ended, or is taken no more, and with it the connection.
    ///
    /// - Parameters:
    ///   - now: Milliseconds since 1970.
    ///   - changes: Of API keys.
    func endsForCredentials(at now: Int64, _ changes: [KeyChanges]) -> Bool {
        let principal = connection.principal
        if let end = principal.expiresAt, credentials.endConnection(at: end, now) { return true }
        guard !changes.isEmpty, principal.credential != nil else { return false }
        return changes.contains { credentials.heed($0) }
    }
}

@available(*, unavailable)
extension ClientSession: Sendable {}
