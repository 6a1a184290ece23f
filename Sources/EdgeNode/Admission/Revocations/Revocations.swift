import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// What a node knows of revocations: hears them over the broker, reads what is remembered, and says of a principal whether it is
/// refused. Any thread; bounded by `RevocationList`.
///
/// A message that is not signed, too old or repeated is refused, counted and logged. Where the broker may have lost one, what is
/// remembered is read again; where nothing is remembered (there is no Redis) a node knows what it has heard.
package final class Revocations: Sendable {
    private struct State {
        var list = RevocationList()
        var nonces = NonceMemory<Void>(maximum: 100_000)
        var listener: (@Sendable () -> Void)?
    }

    /// Messages that were heeded.
    package let heard = Counter<AnyThread>()
    /// Messages that were not: unsigned, forged, too old, repeated or unreadable.
    package let refused = Counter<AnyThread>()

    private let signer: ControlSigner
    private let memory: (any RevocationMemory)?
    private let logger: RateLimitedLogger
    private let clock: @Sendable () -> Int64
    private let state = Mutex(State())
    /// How many there are: whoever is let in costs no lock where there are none.
    private let count = Atomic(0)

    /// - Parameters:
    ///   - memory: Nil where nothing is remembered.
    ///   - clock: Milliseconds since 1970.
    package init(
        signer: ControlSigner,
        memory: (any RevocationMemory)?,
        logger: Logger,
        clock: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() }
    ) {
        self.signer = signer
        self.memory = memory
        self.logger = RateLimitedLogger(logger)
        self.clock = clock
    }

    /// Whether what this one has shown was taken back.
    package func refuses(_ principal: Principal) -> Bool {
        guard count.load(ordering: .acquiring) > 0 else { return false }
        let now = clock()
        return state.withLock { $0.list.refuses(principal, at: now) }
    }

    /// As of now, to ask it of many.
    var list: RevocationList { state.withLock { $0.list } }

    /// - Parameter listener: Called on any thread when somebody who was let in may be refused now. It must not block.
    func onNews(_ listener: @escaping @Sendable () -> Void) { state.withLock { $0.listener = listener } }

    /// Reads one message of the channel.
    func take(_ message: ByteBuffer) {
        let now = clock()
        do throws(ControlRefusal) {
            let signed = try signer.open(message, of: .revocations, at: now)
            guard case .new = state.withLock({ $0.nonces.take(signed.nonce, (), at: now) }) else {
                return refuse("the message has come before, or more have come than can be remembered")
            }
            guard let revocation = Revocation(signed.body) else { return refuse("the message is no revocation") }
            heard.add()
            logger.log(.notice, key: "revoked", "access was revoked", metadata: ["what": "\(revocation.subject.words)"])
            add([revocation], at: now)
        } catch {
            refuse("\(error)")
        }
    }

    /// Reads what is remembered. Throws where it can't.
    func recall() async throws {
        guard let memory else { return }
        let now = clock()
        add(try await memory.remembered(at: now), at: now)
    }

    /// Reads what is remembered within some seconds; where that is not possible the log says so.
    func recallAtStart() async {
        do {
            try await recall()
        } catch {
            let reason: Logger.Metadata = ["error": "\(error)"]
            logger.log(.warning, key: "start", "it can't be read which revocations are remembered", metadata: reason)
        }
    }

    /// Lets go of what is over.
    func tidy() { add([], at: clock()) }

    private func add(_ revocations: [Revocation], at now: Int64) {
        let (hasNews, excess, listener) = state.withLock { state in
            var hasNews = false
            for revocation in revocations where state.list.add(revocation, at: now) == .news { hasNews = true }
            let excess = state.list.shrink(at: now)
            count.store(state.list.count, ordering: .releasing)
            return (hasNews, excess, state.listener)
        }
        if !excess.isEmpty {
            logger.log(
                .error,
                key: "full",
                "there are more revocations than can be kept: those that are over first are FORGOTTEN",
                metadata: ["kept": "\(RevocationList.maximum)", "forgotten": "\(excess.count)"]
            )
        }
        if hasNews { listener?() }
    }

    private func refuse(_ reason: String) {
        refused.add()
        logger.log(.warning, key: "refused", "refused a revocation", metadata: ["reason": "\(reason)"])
    }
}

extension Revocation.Subject {
    /// For the log: users and ids are no secrets.
    fileprivate var words: String {
        switch self {
        case .user(let name): "user \(name)"
        case .token(let id): "token \(id)"
        case .key(let id): "key \(id)"
        }
    }
}
