/// The candidate that `name` probably was meant to be: at most a third of it misspelt, letter case aside, or the
/// same name behind a prefix too many. nil when nothing is near.
package func nearestName(to name: String, among candidates: [String]) -> String? {
    let wanted = name.uppercased()
    if let unprefixed = candidates.first(where: { wanted.hasSuffix("_" + $0.uppercased()) }) { return unprefixed }
    let limit = max(1, min(4, wanted.count / 3))
    let nearest =
        candidates
        .map { (name: $0, distance: editDistance(Array(wanted.utf8), Array($0.uppercased().utf8))) }
        .min { $0.distance < $1.distance }
    return nearest.flatMap { $0.distance <= limit ? $0.name : nil }
}

/// The candidates that `name` may have been meant to be, the nearest first, as they are spelt: at most half of it misspelt, or
/// four letters. None for what is longer than `EditDistance` takes.
///
/// Whoever names what there is not makes a node do this: one pass over the candidates that allocates for no single one.
package func nearestNames(to name: String, among candidates: some Sequence<String>, atMost count: Int) -> [String] {
    guard count > 0, let measure = EditDistance(from: name.utf8) else { return [] }
    var bound = max(4, name.utf8.count / 2)
    var nearest: [(distance: Int, name: String)] = []
    nearest.reserveCapacity(count + 1)
    for candidate in candidates {
        guard let distance = measure.distance(to: candidate.utf8, atMost: bound) else { continue }
        let place = nearest.firstIndex { (distance, candidate) < ($0.distance, $0.name) } ?? nearest.count
        guard place < count else { continue }
        nearest.insert((distance, candidate), at: place)
        if nearest.count > count { nearest.removeLast() }
        // What is farther than the last of so many comes in no more.
        if nearest.count == count { bound = nearest[count - 1].distance }
    }
    return nearest.map(\.name)
}

/// Whether one letter too many, too few or another makes one name of the other; or nothing but letter case does.
package func isOneEditAway(_ name: String, from other: String) -> Bool {
    name != other && editDistance(Array(name.uppercased().utf8), Array(other.uppercased().utf8)) <= 1
}

/// Levenshtein distance. Quadratic, so names longer than any setting's are told to be far without looking.
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    guard first.count <= 128, second.count <= 128 else { return Int.max }
    var previous = Array(0...second.count)
    for (row, byte) in first.enumerated() {
        var current = [row + 1]
        for (column, other) in second.enumerated() {
            let substitution = previous[column] + (byte == other ? 0 : 1)
            current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[second.count]
}
