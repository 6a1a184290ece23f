/// Which message of a feed becomes which stream: a feed's stream, by the name that the pipeline gave it for as long as it
/// is wanted. A place is used again, with the next generation: what a feed says too late is nobody's.
package struct RouteID: Hashable, Sendable {
    package let place: Int
    package let generation: Int

    package init(place: Int, generation: Int) {
        self.place = place
        self.generation = generation
    }
}
