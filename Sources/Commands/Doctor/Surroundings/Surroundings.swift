import Composition
import Logging
import NIOCore
import Platform
import Stores

/// What checks look at: a program's settings, and what they lead to. Connected as the program itself would be; to be closed.
package struct Surroundings: Sendable {
    package let program: Program
    package let settings: ResolvedSettings
    /// As the file has it; one without sections where none is named, or the file is wrong.
    package let document: LiveDocument?
    package let documentError: DocumentError?
    /// Nil where the settings lead to none.
    package let stores: ConnectedStores?
    package let storesError: String?
    package let group: any EventLoopGroup
    /// For each question.
    package let patience: Duration
    /// How long it is listened to who announces itself.
    package let hearing: Duration
    /// Says nothing: what is to be said is found.
    let logger: Logger
    private let listening: Task<Heard, Never>

    package init(
        _ settings: ResolvedSettings,
        patience: Duration = .seconds(5),
        hearing: Duration = NodeAnnouncer.interval + .seconds(1),
        group: any EventLoopGroup
    ) {
        program = settings.program
        self.settings = settings
        self.patience = patience
        self.hearing = hearing
        self.group = group
        let quiet = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        logger = quiet
        (document, documentError) = Self.document(settings, quiet)
        (stores, storesError) = Self.stores(settings, document, group, quiet)
        let broker = stores?.broker
        let hears = broker.map { !($0 is InProcessBroker) } ?? false
        listening = Task {
            guard hears, let broker else { return Heard() }
            return await BrokerEar().listen(to: broker, for: hearing, within: patience)
        }
    }

    /// What has come over the broker; there when it was listened to long enough.
    package var heard: Heard { get async { await listening.value } }

    /// Ends its connections.
    package func close() async {
        listening.cancel()
        await stores?.close()
    }

    /// A setting by its name, and where it came from.
    func place(_ entry: any CatalogEntry) -> String {
        guard let origin = settings.origin(of: entry) else { return "\(entry.name), default" }
        return "\(entry.name), \(origin)"
    }

    private static func document(_ settings: ResolvedSettings, _ logger: Logger) -> (LiveDocument?, DocumentError?) {
        do throws(DocumentError) {
            let path = settings[Settings.Common.documentFile]
            return (try LiveDocument(path: path, sections: DocumentSections.all, logger: logger), nil)
        } catch {
            return (nil, error)
        }
    }

    private static func stores(
        _ settings: ResolvedSettings,
        _ document: LiveDocument?,
        _ group: any EventLoopGroup,
        _ logger: Logger
    ) -> (ConnectedStores?, String?) {
        do {
            let stores = try ConnectedStores(
                settings,
                for: settings.program,
                catalog: StreamCatalogs.make(settings, document),
                group: group,
                logger: logger
            )
            return (stores, nil)
        } catch {
            return (nil, "\(error)")
        }
    }
}
