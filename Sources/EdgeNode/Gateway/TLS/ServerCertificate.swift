import Logging
import NIOSSL
import Platform
import Synchronization

/// The certificate that a node shows to its clients, with its key: then it speaks TLS only, and writes through the channel.
/// Any thread may ask for the present one.
///
/// The files are looked at every few seconds. What takes their place holds for connections that come from then on; those that
/// are there go on. A new version that is broken, or whose key is not its certificate's, is refused and logged, once, and
/// the old one goes on: so it is for a moment too where one of two files is replaced long before the other.
///
/// Most deployments end TLS in front of the nodes and leave this out.
package final class ServerCertificate: Sendable {
    private struct State {
        var contents: CertificateFiles.Contents
        var changes: FileChanges
    }

    /// What was wrong with which file.
    package struct Unusable: Error, CustomStringConvertible {
        let setting: String
        let file: String
        let reason: String

        package var description: String { "\(setting) = \(file): \(reason)" }
    }

    private let files: CertificateFiles
    private let interval: Duration
    private let logger: Logger
    private let state: Mutex<State>

    /// Throws `Unusable`, in words for a person.
    ///
    /// - Parameters:
    ///   - chainFile: PEM, the node's own certificate first.
    ///   - keyFile: PEM, not encrypted; it may be the same file.
    package init(
        chainFile: String,
        keyFile: String,
        interval: Duration = .seconds(2),
        logger: Logger = Logger(label: "certificate")
    ) throws(Unusable) {
        files = CertificateFiles(chain: chainFile, key: keyFile)
        self.interval = interval
        self.logger = logger
        // Looked at before they are read: what is written meanwhile is seen as another version.
        let changes = FileChanges(FileChanges.signatures(of: [chainFile, keyFile]))
        state = Mutex(State(contents: try files.read(), changes: changes))
    }

    /// For a connection that comes now.
    var context: NIOSSLContext { state.withLock(\.contents.context) }

    /// When the one ends that is shown now: seconds since 1970.
    var expiresAt: Int { state.withLock(\.contents.expiresAt) }

    /// Says in the log where the one that is shown has ended.
    ///
    /// - Parameter now: Milliseconds since 1970.
    func tellWhereEnded(at now: Int64 = WallClock.milliseconds()) {
        guard Int64(expiresAt) * 1000 <= now else { return }
        logger.warning("the certificate has ended: clients that check it do not come in", metadata: place)
    }

    /// Looks at the files until the task is cancelled.
    func watch() async {
        tellWhereEnded()
        await RegularLook.every(interval) { [self] in look() }
    }

    /// One look. May block. No two at once.
    func look() {
        let found = FileChanges.signatures(of: [files.chain, files.key])
        switch state.withLock({ $0.changes.look(found) }) {
        case .nothing: break
        case .changed: readAnew()
        case .missing: logger.warning("a file of the certificate is missing: the last one goes on", metadata: place)
        }
    }

    private func readAnew() {
        do throws(Unusable) {
            let contents = try files.read()
            state.withLock { $0.contents = contents }
            logger.notice("the certificate has changed and was read anew", metadata: place)
            tellWhereEnded()
        } catch {
            let fields = place.merging(["problem": "\(error)"]) { $1 }
            logger.error("the certificate has changed and can't be used: the one before goes on", metadata: fields)
        }
    }

    private var place: Logger.Metadata { ["certificate": "\(files.chain)", "key": "\(files.key)"] }
}
