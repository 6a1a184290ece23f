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
    private unowned let connection: ClientConnection
    private let shard: Shard
    /// The dialect of the last request: that of notices that answer none.
    private var current: DialectID
    private var hasGreeted = false
    private var pending: PendingSubscribe?
    /// What the client has asked for and nobody has looked at yet.
    private var requests = RequestQueue()
    private var rate = RateWindow()
    /// While it is being asked who the client is.
    private var authenticating: ConnectionTask<Result<Principal, AuthenticationFailure>>?
    private var hasToldOfExpiry = false
    /// Nil for who was somebody when it connected.
    private var place: LatePlace?
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
    private var takesRequests: Bool { pending == nil && authenticating == nil && !connection.outbox.isReplyWaiting }

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
        case .authenticate(let credential): authenticate(credential, request)
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
            shard.hub.logger.log(.info, key: "resume token", "refused a resume token", metadata: ["error": "\(error)"])
            send(.error(error.clientError), in: request.dialect, id: request.id)
        }
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
            metadata: ["user": "\(connection.principal.user ?? "-")", "streams": "\(forbidden)"]
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
        request.connection = nil
        pending = nil
        connection.resumeReading()
    }

    /// Nothing that it has asked for is answered any more.
    func forgetRequests() {
        requests.removeAll()
        pending?.connection = nil
        pending = nil
        authenticating?.cancel()
        authenticating = nil
        place?.giveUp()
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

    /// A token on a connection that is there: the same user goes on, and who was nobody becomes somebody. One that is refused changes
    /// nothing.
    private func authenticate(_ credential: Credential, _ request: ClientRequest) {
        guard case .token(let token) = credential else { return }
        let judge = shard.reauthentication
        if let known = judge.recognise(token) { return conclude(known, request) }
        let origin = CredentialOrigin(address: connection.address?.description, origin: nil, path: "/ws")
        authenticating = ConnectionTask(on: shard.eventLoop, { await judge.authenticate(token, of: origin) }) {
            [unowned self] outcome in
            authenticating = nil
            conclude(outcome, request)
            connection.resumeReading()
            connection.flushNow()
        }
    }

    private func conclude(_ outcome: Result<Principal, AuthenticationFailure>, _ request: ClientRequest) {
        do throws(AuthenticationFailure) {
            let principal = try outcome.get()
            if let user = connection.principal.user, user != principal.user {
                throw .refused(reason: "the token is another user's: connect anew with it")
            }
            // Who was somebody has its place.
            let isNew = connection.principal.user == nil
            connection.principal = principal
            if isNew {
                let place = LatePlace(of: connection)
                self.place = place
                place.take(for: principal)
            }
            hasToldOfExpiry = false
            let reply = ClientReply.authenticated(user: principal.user, expires: principal.expiresAt)
            guard send(reply, in: request.dialect, id: request.id) else { return }
            reviewGrants()
        } catch {
            send(.error(error.clientError), in: request.dialect, id: request.id)
        }
    }

    /// The client loses what it may not have any longer.
    func reviewGrants() {
        guard let pending else { return shard.subscriptions.endForbidden(of: connection, by: shard.permissions) }
        pending.forbid { [permissions = shard.permissions, principal = connection.principal] in
            !permissions.grants($0, to: principal)
        }
        shard.subscriptions.endForbidden(of: connection, by: shard.permissions)
    }

    /// True where its credentials have ended, and with them the connection. Tells it once that they will.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func endsForCredentials(at now: Int64) -> Bool {
        guard let end = connection.principal.expiresAt else { return false }
        if end <= now {
            connection.close(.credentialsExpired, reason: "Credentials expired")
            return true
        }
        guard !hasToldOfExpiry, end - now <= Int64(shard.settings.expiryNotice / .milliseconds(1)) else { return false }
        hasToldOfExpiry = true
        send(.tokenExpiring(inMilliseconds: max(0, end - now)))
        return false
    }

    // MARK: What the server says

    /// Where the dialect has a greeting it comes before anything else, once: on connecting where the path tells what the client
    /// speaks, otherwise before the reply to its first request.
    func greetIfNeeded() {
        guard !hasGreeted else { return }
        let text = dialect.greeting(clientCount: shard.node.clients.get())
        guard text.readableBytes > 0 else { return }
        hasGreeted = true
        send(text)
    }

    /// Writes a reply or a notice; one whose dialect has no such message is not sent.
    ///
    /// False where it can't be sent: then the client has been told so, or is on its way out, and what it would have told must
    /// not be done.
    ///
    /// - Parameter dialect: Nil for that of its last request.
    @discardableResult
    func send(_ reply: ClientReply, in dialect: DialectID? = nil, id: String? = nil) -> Bool {
        guard !connection.isClosing else { return false }
        let writer = shard.dialects[dialect ?? current]
        var text = writer.text(of: reply, id: id)
        let limit = shard.settings.outbox.replyBytes
        let fits = text.readableBytes <= limit
        if !fits {
            let error = ClientError.replyTooLong(bytes: text.readableBytes, limit: limit)
            text = writer.text(of: .error(error), id: id)
        }
        return send(text) && fits
    }

    /// What a dialect has written. Nothing where that is empty.
    @discardableResult
    private func send(_ text: ByteBuffer) -> Bool {
        let outbox = connection.outbox
        guard !connection.isClosing else { return false }
        guard text.readableBytes > 0 else { return true }
        if outbox.isBehind, outbox.waitingBytes + text.readableBytes > 2 * shard.settings.outbox.replyBytes {
            connection.closeAsSlow("it does not read the replies to its requests")
            return false
        }
        shard.counters.messagesSent.add()
        outbox.write(reply: WebSocketFrame.text(text))
        return true
    }
}

@available(*, unavailable)
extension ClientSession: Sendable {}
