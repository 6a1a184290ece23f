import Core
import Logging
import NIOCore
import Platform
import Synchronization

/// Signs the publications of the streams that the document says: the word of their origin, which no node can give. Any thread; asked
/// once for each batch, right before it is delivered, under the numbers that it is delivered with.
///
/// What is signed is `tidegate-sig-1\n<stream>\n<epoch>\n<sequence>\n<exchange time>\n` and then the data. Remembers for
/// `maximumStreams` whether each is signed, and asks anew for more.
package final class PublicationSigner: Sendable {
    private static let maximumStreams = 100_000

    private struct State {
        var section: SigningSection?
        var isSigned: [StreamName: Bool] = [:]
    }

    private let catalog: any StreamCatalog
    private let logger: RateLimitedLogger
    private let state: Mutex<State>

    /// - Parameter catalog: Says of which class streams are.
    package init(_ document: LiveDocument, catalog: any StreamCatalog, logger: Logger) {
        self.catalog = catalog
        self.logger = RateLimitedLogger(logger)
        state = Mutex(State(section: document.current[SigningSection.self]))
        document.onChange { [weak self] document in self?.change(to: document[SigningSection.self]) }
    }

    package init(_ section: SigningSection, catalog: any StreamCatalog, logger: Logger) {
        self.catalog = catalog
        self.logger = RateLimitedLogger(logger)
        state = Mutex(State(section: section))
    }

    package func sign(_ batch: inout [Publication]) {
        state.withLock { state in
            guard let section = state.section, let key = section.keys.first else { return }
            for index in batch.indices where batch[index].carriesData {
                let publication = batch[index]
                guard isSigned(publication.stream, section, &state) else { continue }
                batch[index].signature = key.sign(Self.signedBytes(of: publication))
            }
        }
    }

    static func signedBytes(of publication: Publication) -> [UInt8] {
        let position = publication.position
        let head =
            "tidegate-sig-1\n\(publication.stream)\n\(position.epoch)\n\(position.sequence)\n"
            + "\(publication.exchangeTime)\n"
        return Array(head.utf8) + Array(publication.data.readableBytesView)
    }

    private func isSigned(_ stream: StreamName, _ section: SigningSection, _ state: inout State) -> Bool {
        if let known = state.isSigned[stream] { return known }
        if state.isSigned.count >= Self.maximumStreams { state.isSigned.removeAll() }
        let isSigned = section.covers(stream) && mayBeSigned(stream)
        state.isSigned[stream] = isSigned
        return isSigned
    }

    private func mayBeSigned(_ stream: StreamName) -> Bool {
        switch catalog.descriptor(of: stream)?.deliveryClass {
        case .latest, .event: return true
        default:
            logger.log(
                .error,
                key: "class",
                "the document has a stream signed that can't be: only those of class latest and event can",
                metadata: ["stream": "\(stream)"]
            )
            return false
        }
    }

    private func change(to section: SigningSection?) {
        if let section, section.keys.first?.canSign == false {
            logger.log(
                .error,
                key: "key",
                "the first key of the section signing has no private half: the signing of before goes on",
                metadata: ["key": "\(section.keys[0].id)"]
            )
            return
        }
        state.withLock { $0 = State(section: section) }
    }
}
