import EdgeNode
import Platform

/// Open files that a process may have, which bound the clients of a node.
struct DescriptorsCheck: Check {
    let name = "descriptors"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        guard surroundings.program != .ingestor else { return [] }
        let wanted = surroundings.settings[Settings.Clients.maxTotal]
        let limit = DescriptorLimit.raise()
        let places = Places(
            wanted: wanted,
            descriptorLimit: limit,
            inUse: Places.reserve,
            operators: surroundings.settings[Settings.Admin.port] == nil ? 0 : AdminServer.descriptors
        )
        return [Self.finding(places, limit: limit, at: surroundings.place(Settings.Clients.maxTotal))]
    }

    /// - Parameter limit: How many files this process may have open.
    static func finding(_ places: Places, limit: Int, at place: String) -> Finding {
        guard let complaint = places.complaint else {
            return Finding(.fine, "\(limit) open files are enough for \(places.clients) clients", at: place)
        }
        return Finding(
            places.clients > 0 ? .warning : .problem,
            complaint,
            at: place,
            advice:
                "this is the limit of the shell that the doctor runs in, and it reckons with \(Places.reserve) files that are open; "
                + "a service has its own limit and counts what it has open, which its log tells at the start",
            wouldNotStart: places.clients == 0
        )
    }
}
