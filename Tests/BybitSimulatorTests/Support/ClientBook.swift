/// A book as pybit merges it: levels keyed by the price's text, in no order; deleting what isn't there is a failure.
struct ClientBook {
    struct MergeFailure: Error {
        let reason: String
    }

    private(set) var bids: [String: String] = [:]
    private(set) var asks: [String: String] = [:]
    private(set) var update: Int?

    mutating func apply(_ frame: [String: Any]) throws {
        let data = frame.object("data")
        let newUpdate = data.int("u")
        if frame.text("type") == "snapshot" {
            bids = [:]
            asks = [:]
            try merge(data["b"], into: &bids)
            try merge(data["a"], into: &asks)
        } else {
            guard let update, newUpdate == update + 1 else {
                throw MergeFailure(reason: "u went from \(update ?? -1) to \(newUpdate ?? -1)")
            }
            try merge(data["b"], into: &bids)
            try merge(data["a"], into: &asks)
        }
        update = newUpdate
    }

    private func merge(_ levels: Any?, into side: inout [String: String]) throws {
        guard let levels = levels as? [[String]] else { throw MergeFailure(reason: "no levels") }
        for level in levels {
            if level[1] == "0" {
                guard side.removeValue(forKey: level[0]) != nil else {
                    throw MergeFailure(reason: "deletes \(level[0]), which is not there")
                }
            } else {
                side[level[0]] = level[1]
            }
        }
    }
}
