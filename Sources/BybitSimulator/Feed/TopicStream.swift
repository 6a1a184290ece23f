import NIOCore

/// One topic with its publisher and its subscribers. Lives on the simulator's loop; bounded by the connections.
final class TopicStream {
    let kind: TopicKind

    private let publisher: any TopicPublisher
    private var subscribers: [any FrameSink] = []
    /// The symbol's unit count at which the next regular publication is due.
    private var nextUnit = 0

    init(kind: TopicKind, publisher: any TopicPublisher) {
        self.kind = kind
        self.publisher = publisher
    }

    var isActive: Bool { !subscribers.isEmpty }
    var cadence: Int { publisher.cadence }
    var deadline: Int64? { publisher.deadline }

    func join(_ sink: any FrameSink, market: SymbolMarket, units: Int, time: Int64) {
        if subscribers.isEmpty {
            publisher.resume(market)
            nextUnit = units + publisher.cadence
        }
        subscribers.append(sink)
        resynchronise(sink, market: market, time: time)
    }

    func leave(_ sink: any FrameSink) {
        subscribers.removeAll { $0 === sink }
    }

    func resynchronise(_ sink: any FrameSink, market: SymbolMarket, time: Int64) {
        for frame in publisher.snapshot(market, at: time) { sink.send(frame) }
    }

    func stepped(_ market: SymbolMarket, units: Int, time: Int64) {
        publisher.observe(market)
        guard units >= nextUnit || publisher.isUrgent || (publisher.deadline ?? .max) <= time else { return }
        if units >= nextUnit { nextUnit = units + publisher.cadence }
        send(publisher.update(market, at: time))
    }

    func restart(_ market: SymbolMarket, time: Int64) {
        send(publisher.restart(market, at: time))
    }

    private func send(_ frames: [ByteBuffer]) {
        for frame in frames {
            for subscriber in subscribers { subscriber.send(frame) }
        }
    }
}
