import Core
import FeedKit
import Platform

/// The pipeline's routes, by stream and by the name under which feeds speak of them. Bounded by what feeds take.
struct RouteTable {
    private var byStream: [StreamName: PipelineRoute] = [:]
    /// By the name's place; nil where it is free.
    private var places: [PipelineRoute?] = []
    private var free: [Int] = []
    private var generation = 0

    var count: Int { byStream.count }
    var isEmpty: Bool { byStream.isEmpty }
    var streams: some Collection<StreamName> { byStream.keys }
    var all: some Collection<PipelineRoute> { byStream.values }

    subscript(stream: StreamName) -> PipelineRoute? { byStream[stream] }

    /// Nil for a route that is over.
    subscript(id: RouteID) -> PipelineRoute? {
        guard id.place < places.count, let route = places[id.place], route.id.generation == id.generation else {
            return nil
        }
        return route
    }

    /// - Parameter sequenced: Counts what is numbered of it.
    mutating func add(
        _ descriptor: StreamDescriptor,
        of feed: any FeedSession,
        sequenced: CounterCell<AnyThread>,
        mayHaveMissed: Bool
    ) -> PipelineRoute {
        remove(descriptor.name)
        generation += 1
        let place = free.popLast() ?? places.count
        let id = RouteID(place: place, generation: generation)
        let route = PipelineRoute(
            id: id,
            descriptor: descriptor,
            feed: feed,
            sequenced: sequenced,
            mayHaveMissed: mayHaveMissed
        )
        if place == places.count { places.append(route) } else { places[place] = route }
        byStream[descriptor.name] = route
        return route
    }

    mutating func remove(_ stream: StreamName) {
        guard let route = byStream.removeValue(forKey: stream) else { return }
        places[route.id.place] = nil
        free.append(route.id.place)
    }
}
