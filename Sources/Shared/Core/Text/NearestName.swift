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
/// four letters.
package func nearestNames(to name: String, among candidates: some Sequence<String>, atMost count: Int) -> [String] {
    let wanted = Array(name.utf8)
    let limit = max(4, wanted.count / 2)
    let near = candidates.compactMap { candidate -> (name: String, distance: Int)? in
        // It takes so many edits at least.
        guard abs(candidate.utf8.count - wanted.count) <= limit else { return nil }
        let distance = editDistance(wanted, Array(candidate.utf8))
        return distance <= limit ? (candidate, distance) : nil
    }
    return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(count).map(\.name)
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
