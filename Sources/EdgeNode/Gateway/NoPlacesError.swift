/// The process may have so few descriptors that no client would get one.
struct NoPlacesError: Error, CustomStringConvertible {
    let places: Places

    var description: String {
        "the process may open \(places.descriptorLimit) files (ulimit -n), of which it needs \(places.reserved) for "
            + "itself: no client could connect; raise the limit to \(places.neededLimit) for MAX_CLIENTS_TOTAL"
    }
}
