import Core
import Stores
import Synchronization

/// The publications whose deliveries somebody waits for, by their numbers: what a person publishes, not what a feed brings.
///
/// Any thread: the pipeline expects, the publisher tells. Bounded by `maximum`. Where nobody waits it costs the publisher one
/// look at a number for each batch.
final class DeliveryReceipts: Sendable {
    enum Outcome: Sendable, Hashable {
        /// The history has it, and the broker was given it.
        case delivered(Position)
        /// It was dropped, or kept by an earlier term: what became of it is not known.
        case dropped
    }

    private struct Place: Hashable {
        let stream: StreamName
        let sequence: UInt64
    }

    static let maximum = 10_000

    private let expected = Mutex<[Place: ControlNonce]>([:])
    private let count = Atomic(0)
    private let listener = Mutex<(@Sendable (ControlNonce, Outcome) -> Void)?>(nil)

    /// - Parameter listener: Called once for each that was expected, under the locks of others: it must not block.
    func onSettled(_ listener: @escaping @Sendable (ControlNonce, Outcome) -> Void) {
        self.listener.withLock { $0 = listener }
    }

    var isFull: Bool { count.load(ordering: .relaxed) >= Self.maximum }

    /// To be called before the publication is handed to the publisher.
    func expect(_ stream: StreamName, _ sequence: UInt64, _ nonce: ControlNonce) {
        expected.withLock { expected in
            expected[Place(stream: stream, sequence: sequence)] = nonce
            count.store(expected.count, ordering: .releasing)
        }
    }

    func delivered(_ batch: [Publication]) { settle(batch) { .delivered($0.position) } }

    func dropped(_ batch: [Publication]) { settle(batch) { _ in .dropped } }

    private func settle(_ batch: [Publication], _ outcome: (Publication) -> Outcome) {
        guard count.load(ordering: .acquiring) > 0 else { return }
        let settled = expected.withLock { expected in
            let settled = batch.compactMap { publication -> (ControlNonce, Outcome)? in
                let place = Place(stream: publication.stream, sequence: publication.position.sequence)
                return expected.removeValue(forKey: place).map { ($0, outcome(publication)) }
            }
            count.store(expected.count, ordering: .releasing)
            return settled
        }
        guard !settled.isEmpty, let tell = listener.withLock({ $0 }) else { return }
        for (nonce, outcome) in settled { tell(nonce, outcome) }
    }
}
