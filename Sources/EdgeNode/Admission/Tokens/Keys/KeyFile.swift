import Dispatch
import Logging
import NIOCore
import Synchronization

/// The keys in the file of `JWKS_FILE`, read again when it changes.
///
/// It is read every few seconds on a thread of the system's, and a new version is taken when it is the same from one look to
/// the next: not while somebody writes it. One that is wrong is refused and logged, once, and the old one goes on; so it does
/// while the file is missing. At most 1 MiB.
final class KeyFile: Sendable {
    private struct State {
        /// What was taken or refused last.
        var judged: [UInt8]
        /// As of the last look.
        var seen: [UInt8]?
    }

    private let path: String
    private let interval: Duration
    private let logger: Logger
    private let state: Mutex<State>
    private let first: JSONWebKeySet
    private let deliver: @Sendable ([VerificationKey]) -> Void

    /// Reads it; throws in words what is wrong with it. Delivers the keys that hold from then on.
    init(
        path: String,
        interval: Duration = .seconds(2),
        logger: Logger,
        deliver: @escaping @Sendable ([VerificationKey]) -> Void
    ) async throws {
        let bytes = try BoundedFile.read(path, maximumLength: JSONWebKeySet.maximumLength)
        first = try await JSONWebKeySet(ByteBuffer(bytes: bytes), takesSecrets: true)
        self.path = path
        self.interval = interval
        self.logger = logger
        self.deliver = deliver
        state = Mutex(State(judged: bytes, seen: bytes))
        report(first)
        deliver(first.keys)
    }

    /// Looks at the file until cancelled.
    func run() async {
        while (try? await Task.sleep(for: interval)) != nil { await look() }
    }

    /// One look. No two at once.
    func look() async {
        let bytes = await read()
        let isDue = state.withLock { state in
            defer { state.seen = bytes }
            return bytes != nil && bytes != state.judged && bytes == state.seen
        }
        guard isDue, let bytes else { return }
        state.withLock { $0.judged = bytes }
        do {
            let set = try await JSONWebKeySet(ByteBuffer(bytes: bytes), takesSecrets: true)
            deliver(set.keys)
            report(set)
            logger.notice(
                "the file of keys for tokens has changed and was read anew",
                metadata: ["file": "\(path)", "keys": "\(set.keys.count)"]
            )
        } catch {
            logger.error(
                "the file of keys for tokens has changed and is wrong: the one before goes on",
                metadata: ["file": "\(path)", "reason": "\(error)"]
            )
        }
    }

    /// Nil while it can't be read, as between the two steps of a replacement.
    private func read() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [path] in
                let bytes = try? BoundedFile.read(path, maximumLength: JSONWebKeySet.maximumLength)
                continuation.resume(returning: bytes)
            }
        }
    }

    private func report(_ set: JSONWebKeySet) {
        guard !set.remarks.isEmpty else { return }
        logger.warning(
            "some keys for tokens can't be used and are passed over",
            metadata: ["file": "\(path)", "keys": "\(set.remarks.prefix(5).joined(separator: "; "))"]
        )
    }
}
