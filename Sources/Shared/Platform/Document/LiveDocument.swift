import FoundationEssentials
import Logging
import Synchronization

/// The document of a process, read anew when its file changes. Any thread may ask for the present version.
///
/// The file is looked at every few seconds, on a thread of the system's. A new version is read when it has stood still
/// from one look to the next: not while somebody writes it. One that is wrong is refused and logged, once, and the old one
/// goes on; so it does while the file is missing, as between the two steps of a replacement. A secret's file is read with
/// the document and not watched.
package final class LiveDocument: Sendable {
    private struct State {
        var document: Document
        /// What stands in the file now is wrong.
        var isRefused = false
        var changes: FileChanges
        var observers: [@Sendable (Document) -> Void] = []
    }

    private let file: DocumentFile?
    private let logger: Logger
    private let interval: Duration
    private let failures = Counter<AnyThread>()
    private let state: Mutex<State>

    /// Reads the file; nil for none, and then a document without sections that never changes.
    package init(
        path: String?,
        sections: [any DocumentSection.Type],
        environment: [String: String] = ProcessInfo.processInfo.environment,
        interval: Duration = .seconds(2),
        logger: Logger
    ) throws(DocumentError) {
        self.logger = logger
        self.interval = interval
        file = path.map { DocumentFile(path: $0, sections: sections, environment: environment) }
        // Looked at before it is read: what is written meanwhile is seen as another version.
        let changes = FileChanges(file?.signatures)
        state = Mutex(State(document: try file?.read() ?? Document(), changes: changes))
    }

    /// The version that holds now.
    package var current: Document { state.withLock(\.document) }

    /// How often a new version was wrong.
    package var reloadFailures: Int { failures.get() }

    /// Whether the newest version that was read is wrong, so that the one before goes on. A file that is missing is not wrong.
    package var isRefused: Bool { state.withLock(\.isRefused) }

    /// Calls `observer` with each new version, on a thread of the system's: it must not block for long.
    package func onChange(_ observer: @escaping @Sendable (Document) -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    /// Looks at the file until the task is cancelled.
    package func watch() -> Task<Void, Never> {
        Task { await run() }
    }

    /// Looks at the file until cancelled.
    func run() async {
        guard file != nil else { return }
        await RegularLook.every(interval) { self.look() }
    }

    /// One look. May block. No two at once.
    func look() {
        guard let file else { return }
        let found = file.signatures
        switch state.withLock({ $0.changes.look(found) }) {
        case .nothing: break
        case .changed: judge(file)
        case .missing:
            logger.warning(
                "the document is missing: the last one that was read goes on",
                metadata: ["document": "\(file.path)"]
            )
        }
    }

    private func judge(_ file: DocumentFile) {
        do throws(DocumentError) {
            let document = try file.read()
            let observers = state.withLock { state in
                state.document = document
                state.isRefused = false
                return state.observers
            }
            logger.notice(
                "the document has changed and was read anew",
                metadata: ["document": "\(file.path)", "sections": "\(document.sectionKeys.joined(separator: ", "))"]
            )
            for observer in observers { observer(document) }
        } catch {
            failures.add()
            state.withLock { $0.isRefused = true }
            logger.error(
                "the document has changed and is wrong: the one before goes on",
                metadata: [
                    "document": "\(file.path)",
                    "problems": "\(error.problems.map(\.description).joined(separator: "; "))",
                ]
            )
        }
    }
}
