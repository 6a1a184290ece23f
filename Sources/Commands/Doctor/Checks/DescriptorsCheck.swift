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
        let place = surroundings.place(Settings.Clients.maxTotal)
        guard let complaint = places.complaint else {
            return [Finding(.fine, "\(limit) open files are enough for \(wanted) clients", at: place)]
        }
        return [
            Finding(
                .warning,
                complaint,
                at: place,
                advice:
                    "this is the limit of the shell that the doctor runs in; a service has its own, which its log tells at the start"
            )
        ]
    }
}
