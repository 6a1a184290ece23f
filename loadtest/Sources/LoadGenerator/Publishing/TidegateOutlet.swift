import Core
import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Publishes as a leading ingestor does: records of an epoch, numbered without a hole, into the history where there is one
/// and to the broker; and a heartbeat each second, without which a node calls itself not ready. Any thread.
final class TidegateOutlet: PublishingOutlet {
    /// Of a stream of changes each so many-th publication is a snapshot, so that whoever joins gets to a state.
    private static let snapshotInterval: UInt64 = 64

    private let streams: LoadStreams
    private let deliveryClass: DeliveryClass
    private let bytes: Int
    private let pad: ByteBuffer
    private let stores: TidegateStores
    private let epoch = UInt64(WallClock.milliseconds())
    /// What the history had of each stream before: numbers go on from there.
    private let before: [UInt64]
    /// Streams whose state nodes have asked for: no more than there are.
    private let asked: Mutex<Set<StreamName>> = Mutex([])
    private let tasks: Mutex<[Task<Void, Never>]> = Mutex([])

    init(_ options: LoadOptions, _ streams: LoadStreams, _ stores: TidegateStores) async throws {
        self.streams = streams
        self.stores = stores
        deliveryClass = options.deliveryClass
        bytes = options.bytes
        pad = PublicationData.pad(options.bytes)
        before = try await Self.lastNumbers(streams, stores.history)
        var tasks = [Task { await self.beat() }]
        if deliveryClass == .delta { tasks.append(Task { await self.hearRequests() }) }
        self.tasks.withLock { $0 = tasks }
    }

    func publish(_ batch: [PlannedPublication]) async throws {
        let now = WallClock.microseconds()
        try await stores.outlet.deliver(batch.map { publication($0, at: now) })
    }

    func close() async {
        for task in tasks.withLock({ $0 }) { task.cancel() }
        await stores.close()
    }

    private func publication(_ planned: PlannedPublication, at now: Int64) -> Publication {
        let name = streams.names[planned.stream]
        let number = before[planned.stream] + planned.number
        return Publication(
            stream: name,
            position: Position(epoch: epoch, sequence: number),
            kind: isSnapshot(planned.number, of: name) ? .snapshot : .update,
            exchangeTime: now / 1000,
            ingestTime: now,
            data: PublicationData.make(time: planned.time, number: number, bytes: bytes, pad: pad)
        )
    }

    private func isSnapshot(_ number: UInt64, of stream: StreamName) -> Bool {
        guard deliveryClass == .delta else { return false }
        let isAsked = asked.withLock { $0.remove(stream) != nil }
        return isAsked || number % Self.snapshotInterval == 1
    }

    private func beat() async {
        while !Task.isCancelled {
            var upstream = UpstreamStatus()
            upstream.isConnected = true
            upstream.isSimulated = true
            let heartbeat = Heartbeat(epoch: epoch, sentAt: WallClock.milliseconds(), upstream: upstream)
            // One that can't be sent is not kept: publishing tells what is wrong.
            try? await stores.broker.send(heartbeat.encoded(), on: .heartbeat)
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// A node that has to send a client the state anew asks for it, as it would ask an ingestor.
    private func hearRequests() async {
        let board = BrokerDemandBoard(broker: stores.broker, logger: Logger(label: "loadtest", factory: Self.silent))
        let known = Set(streams.names)
        for await announcement in board.announcements() {
            if case .refresh(let streams) = announcement.change {
                asked.withLock { $0.formUnion(streams.intersection(known)) }
            }
        }
    }

    @Sendable static func silent(_ label: String) -> any LogHandler { SwiftLogNoOpLogHandler() }

    private static func lastNumbers(_ streams: LoadStreams, _ history: any History) async throws -> [UInt64] {
        guard history.status != .unused else { return Array(repeating: 0, count: streams.count) }
        var numbers: [UInt64] = []
        for name in streams.names {
            numbers.append(try await history.read(name, from: 0, limit: 0).latest?.sequence ?? 0)
        }
        return numbers
    }
}
