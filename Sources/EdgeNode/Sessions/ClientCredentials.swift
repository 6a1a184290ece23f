import Core
import Logging
import NIOCore
import Platform

/// Who a client goes on being: the tokens that it shows while it is connected, the end of what it has shown, and what became of its
/// API key. Lives on its shard's loop; belongs to its connection, and is made for one that has shown something.
///
/// One token is judged at a time: what the client asks for meanwhile waits. The time for it is bounded by whoever judges.
final class ClientCredentials {
    /// Tokens in a row that may be refused.
    static let mostRefusals = 10

    // It is the connection's own, and ends with it.
    private unowned let connection: ClientConnection
    private let shard: Shard
    private var asking: ConnectionTask<Result<Principal, AuthenticationFailure>>?
    private var hasToldOfExpiry = false
    /// In a row.
    private var refusals = 0
    /// Nil for who was somebody when it connected.
    private var place: LatePlace?

    init(of connection: ClientConnection, on shard: Shard) {
        self.connection = connection
        self.shard = shard
    }

    /// Whether a token is being judged.
    var isAsking: Bool { asking != nil }

    /// A token on a connection that is there: the same user goes on, and who was nobody becomes somebody. One that is refused changes
    /// nothing.
    func show(_ credential: Credential, in request: ClientRequest) {
        guard case .token(let token) = credential, !connection.isClosing else { return }
        let judge = shard.reauthentication
        if let known = judge.recognise(token) { return conclude(known, request) }
        let origin = CredentialOrigin(address: connection.address?.description, origin: nil, path: "/ws")
        asking = ConnectionTask(on: shard.eventLoop, { await judge.authenticate(token, of: origin) }) {
            [unowned self] outcome in
            asking = nil
            conclude(outcome, request)
            connection.resumeReading()
            connection.flushNow()
        }
    }

    /// Nobody waits for an answer any more.
    func giveUp() {
        asking?.cancel()
        asking = nil
        place?.giveUp()
    }

    /// True where they have ended, and with them the connection. Tells it once that they will.
    ///
    /// - Parameters:
    ///   - end: Of what the client has shown.
    ///   - now: Milliseconds since 1970, as `end`.
    func endConnection(at end: Int64, _ now: Int64) -> Bool {
        if end <= now {
            connection.close(.credentialsExpired, reason: "Credentials expired")
            return true
        }
        guard !hasToldOfExpiry, end - now <= Int64(shard.settings.expiryNotice / .milliseconds(1)) else { return false }
        hasToldOfExpiry = true
        connection.session.send(.tokenExpiring(inMilliseconds: end - now))
        return false
    }

    /// True where the API key that it has come with is taken no more, and with it the connection.
    func heed(_ changes: KeyChanges) -> Bool {
        guard case .key(let id) = connection.principal.credential else { return false }
        if changes.gone.contains(id), changes.changed[id] !== connection.principal {
            connection.close(.accessRevoked, reason: "Access revoked")
            return true
        }
        if let principal = changes.changed[id], principal !== connection.principal {
            connection.principal = principal
            hasToldOfExpiry = false
            // It may stand for somebody whose access was revoked.
            shard.evictions.inspect(connection)
            if connection.isClosing { return true }
            connection.session.reviewGrants()
        }
        return false
    }

    private func conclude(_ outcome: Result<Principal, AuthenticationFailure>, _ request: ClientRequest) {
        do throws(AuthenticationFailure) {
            let principal = try outcome.get()
            refusals = 0
            if let user = connection.principal.user, user != principal.user {
                throw .refused(reason: "the token is another user's: connect anew with it")
            }
            // Who was somebody has its place.
            let isNew = connection.principal.user == nil
            connection.principal = principal
            // It may have been revoked while it was judged.
            shard.evictions.inspect(connection)
            guard !connection.isClosing else { return }
            if isNew {
                let place = LatePlace(of: connection)
                self.place = place
                place.take(for: principal)
            }
            hasToldOfExpiry = false
            tellOfPrincipal()
            let reply = ClientReply.authenticated(user: principal.user, expires: principal.expiresAt)
            guard connection.session.send(reply, in: request.dialect, id: request.id) else { return }
            connection.session.reviewGrants()
        } catch {
            connection.session.send(.error(error.clientError), in: request.dialect, id: request.id)
            guard case .refused = error else { return }
            refusals += 1
            tell(of: error)
            // To judge one costs far more than to send it.
            if refusals >= Self.mostRefusals { connection.close(.abuse, reason: "Too many refused tokens") }
        }
    }

    /// Each client shows a new token before the last one ends: a hundred thousand of them by the hour, so that it is for debugging.
    private func tellOfPrincipal() {
        shard.counters.authenticated.add()
        shard.hub.logger.log(
            .debug,
            key: "authenticated",
            "a client has shown a good token on its connection",
            metadata: connection.logged()
        )
    }

    private func tell(of failure: AuthenticationFailure) {
        shard.counters.tokensRefused.add()
        var fields: Logger.Metadata = [:]
        if let remark = failure.remark { fields["reason"] = "\(remark)" }
        let words: Logger.Message = "refused a token on a connection"
        shard.hub.logger.log(.info, key: "token", words, metadata: connection.logged(fields))
    }
}

@available(*, unavailable)
extension ClientCredentials: Sendable {}
