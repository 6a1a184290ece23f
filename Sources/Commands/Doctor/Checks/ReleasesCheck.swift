import Platform
import Stores

/// The releases of all that announce themselves, beside each other and this one.
struct ReleasesCheck: Check {
    let name = "versions"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let heard = await surroundings.heard
        return Self.findings(heard.nodes.map(\.announcement), ours: Release.version)
    }

    static func findings(_ nodes: [NodeAnnouncement], ours: String) -> [Finding] {
        guard !nodes.isEmpty else { return [Finding(.fine, "this is \(ours)")] }
        let byRelease = Dictionary(grouping: nodes, by: \.release)
        guard byRelease.count > 1 else {
            let theirs = nodes[0].release
            if theirs == ours {
                return [Finding(.fine, "all \(nodes.count) that announce themselves are \(ours), as this is")]
            }
            let advice = "where that is not an upgrade under way, use the doctor of the same release"
            return [Finding(.note, "all that announce themselves are \(theirs), and this is \(ours)", advice: advice)]
        }
        let words = byRelease.sorted { $0.key < $1.key }.map { release, nodes in
            "\(release): \(nodes.map { "\($0.program) on \($0.host)" }.sorted().joined(separator: ", "))"
        }
        return [
            Finding(
                .warning,
                "they are of different releases (\(words.joined(separator: "; ")))",
                advice: "where no upgrade is under way, bring all to one release; WIRE_VERSION stays 1 until then"
            )
        ]
    }
}
