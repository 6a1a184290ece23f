import Core
import Stores

/// Publishes as an ingestor would, and knows where each stream stands.
actor LivePublishing {
    private var source: PublicationSource
    private let outlet: any PublicationOutlet

    init(_ source: PublicationSource, to outlet: any PublicationOutlet) {
        self.source = source
        self.outlet = outlet
    }

    /// One caller at a time: the outlet takes a batch after the other.
    func publish(_ count: Int) async throws { try await outlet.deliver(source.take(count)) }

    /// The position `count` publications before the last of each stream.
    func positions(back count: UInt64) -> [(stream: StreamName, position: Position)] {
        zip(source.streams, source.sequences).map { stream, sequence in
            (stream, Position(epoch: source.epoch, sequence: sequence - min(count, sequence)))
        }
    }
}
