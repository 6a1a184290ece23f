/// The process may have so few descriptors that no client would get one.
struct NoPlacesError: Error, CustomStringConvertible {
    let places: Places

    var description: String { places.complaint ?? "no client could connect" }
}
