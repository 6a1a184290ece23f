import Logging
import NIOCore
import Platform
import Synchronization

/// The keys in the file of `JWKS_FILE`, read again when it changes.
///
/// It is looked at every few seconds on a thread of the system's (`FileChanges`). A new version that is wrong is refused and
/// logged, once, and the old one goes on; so it does while the file is missing. At most 1 MiB.
final class KeyFile: Sendable {
    private let path: String
    private let interval: Duration
    private let logger: Logger
    private let changes: Mutex<FileChanges>
    private let deliver: @Sendable ([VerificationKey]) -> Void

    /// Reads it; throws in words what is wrong with it. Delivers the keys that hold from then on.
    init(
        path: String,
        interval: Duration = .seconds(2),
        logger: Logger,
        deliver: @escaping @Sendable ([VerificationKey]) -> Void
    ) async throws {
        // Looked at before it is read: what is written meanwhile is seen as another version.
        changes = Mutex(FileChanges(FileChanges.signatures(of: [path])))
        let first = try await Self.set(in: BoundedFile.read(path, maximumLength: JSONWebKeySet.maximumLength))
        self.path = path
        self.interval = interval
        self.logger = logger
        self.deliver = deliver
        report(first)
        deliver(first.keys)
    }

    /// Looks at the file until cancelled.
    func run() async {
        await RegularLook.every(interval) { [self] in
            look()
        } then: { [self] version in
            if let version { await take(version) }
        }
    }

    /// A new version, or what is wrong with the file; nil where there is none. May block.
    private func look() -> Result<[UInt8], any Error>? {
        switch changes.withLock({ $0.look(FileChanges.signatures(of: [path])) }) {
        case .nothing: return nil
        case .changed: return Result { try BoundedFile.read(path, maximumLength: JSONWebKeySet.maximumLength) }
        case .missing:
            logger.warning(
                "the file of keys for tokens is missing: the last one goes on",
                metadata: ["file": "\(path)"]
            )
            return nil
        }
    }

    private func take(_ version: Result<[UInt8], any Error>) async {
        do {
            let set = try await Self.set(in: version.get())
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

    private static func set(in bytes: [UInt8]) async throws -> JSONWebKeySet {
        try await JSONWebKeySet(ByteBuffer(bytes: bytes), takesSecrets: true)
    }

    private func report(_ set: JSONWebKeySet) {
        guard !set.remarks.isEmpty else { return }
        logger.warning(
            "some keys for tokens can't be used and are passed over",
            metadata: ["file": "\(path)", "keys": "\(set.remarks.prefix(5).joined(separator: "; "))"]
        )
    }
}
