import Platform
import Stores

/// The secrets that all processes share, beside each other: what one signs and another does not take. Told by marks
/// (`KeyMarks`) that processes announce, and for these settings; no key is seen.
struct SharedKeysCheck: Check {
    /// Who has which keys: the one that signs first.
    struct Holder: Sendable {
        let name: String
        let marks: [String]
    }

    /// Whoever may write to the broker can announce any number of keys: of each setting no more are told.
    static let maximum = 4
    let name = "keys"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let heard = await surroundings.heard
        guard heard.isListening, heard.roundTrip != nil else { return [] }
        return Self.findings(
            heard.nodes.map(\.announcement),
            ours: KeyMarks(surroundings.settings),
            takesClients: surroundings.program != .ingestor
        )
    }

    /// - Parameters:
    ///   - ours: Of the settings that the doctor was given.
    ///   - takesClients: They are those of a program that signs resume tokens.
    static func findings(_ nodes: [NodeAnnouncement], ours: KeyMarks, takesClients: Bool) -> [Finding] {
        let us = "this configuration"
        let said = nodes.compactMap { node in
            node.keys.map { (name: "\(node.program) \(node.id) on \(node.host)", node: node, keys: $0) }
        }
        guard !said.isEmpty else { return [] }
        let signers = said.filter { $0.node.load != nil }.map { Holder(name: $0.name, marks: $0.keys.resume) }
        let all = said.map { Holder(name: $0.name, marks: $0.keys.control) }
        let resume = differences(
            signers + (takesClients ? [Holder(name: us, marks: ours.resume)] : []),
            Settings.Clients.resumeTokenKey.name,
            "a client that comes from one to the other gets a snapshot in the place of what it missed"
        )
        let control = differences(
            all + [Holder(name: us, marks: ours.control)],
            Settings.Control.key.name,
            "what `tidegate publish`, `revoke` and `rebalance` sign with the one is refused by the other"
        )
        let found = resume + control
        return found.isEmpty ? [Finding(.fine, "all that tell it, \(said.count), take what the others sign")] : found
    }

    /// Those that have none are told apart by other checks: what nobody signs is refused by nobody.
    static func differences(_ holders: [Holder], _ setting: String, _ consequence: String) -> [Finding] {
        var groups: [[String]: [String]] = [:]
        for holder in holders where !holder.marks.isEmpty { groups[holder.marks, default: []].append(holder.name) }
        let lacking = holders.filter(\.marks.isEmpty).map(\.name)
        let sorted = groups.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
        let marks = Dictionary(uniqueKeysWithValues: groups.map { ($0.value.sorted(), $0.key) })
        var findings: [Finding] = []
        var left = 0
        for signer in sorted {
            for reader in sorted where reader != signer {
                guard let key = marks[signer]?.first, marks[reader]?.contains(key) == false else { continue }
                guard findings.count < maximum else {
                    left += 1
                    continue
                }
                let words = "\(setting): \(list(reader)) does not take what \(list(signer)) signs: \(consequence)"
                let advice =
                    "give all the same; while a key is changed, first the new one behind the old one everywhere"
                findings.append(Finding(.problem, words, at: setting, advice: advice))
            }
        }
        if !groups.isEmpty, !lacking.isEmpty {
            let words = "\(setting): it is not set for \(list(lacking.sorted())), and is for others: \(consequence)"
            findings.append(Finding(.problem, words, at: setting, advice: "set the same everywhere"))
        }
        if left > 0 {
            findings.append(Finding(.problem, "\(setting): and \(left) more such differences", at: setting))
        }
        return findings
    }

    private static func list(_ names: [String]) -> String {
        names.count > 3
            ? "\(names.prefix(3).joined(separator: ", ")) and \(names.count - 3) more" : names.joined(separator: ", ")
    }
}
