import EdgeNode
import Platform

/// How many connects the kernel keeps waiting, for when thousands of clients come at once.
struct BacklogCheck: Check {
    let name = "somaxconn"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        guard surroundings.program != .ingestor, let limit = ListenBacklog.systemLimit else { return [] }
        let wanted = ConnectBacklog.wanted(for: surroundings.settings[Settings.Clients.maxTotal])
        let place = "net.core.somaxconn"
        guard limit < wanted else { return [Finding(.fine, "the kernel keeps \(limit) connects waiting", at: place)] }
        return [
            Finding(
                .warning,
                "the kernel keeps \(limit) connects waiting, and \(wanted) clients may come at once: the others try again after 1, 3 "
                    + "and 7 s",
                at: place,
                advice:
                    "sysctl -w net.core.somaxconn=\(wanted), and in /etc/sysctl.d for good; in a container it is the container's own"
            )
        ]
    }
}
