import Core
import NIOCore
import Platform
import Stores

/// What each process that announces itself says of its own health, on its pages, and whether it is the one that answers there.
///
/// It is asked without `ADMIN_TOKEN`: `/health` asks for none, and the token is nothing to show at whatever address somebody
/// has announced. An address that leads back to the machine that asks is that of another machine's process only by its words: it is
/// asked only where the process runs on this one.
struct NodePagesCheck: Check {
    /// One that is asked.
    struct Asked: Sendable {
        let node: NodeAnnouncement
        let admin: String
        let host: HTTPHost
    }

    /// Whoever may write to the broker can name any address: no more than these are asked.
    static let maximum = 32
    let name = "health"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let heard = await surroundings.heard
        let nodes = heard.nodes.map(\.announcement)
        if heard.isListening, heard.roundTrip == nil, nodes.isEmpty { return [.notLookedAt] }
        let client = HTTPGet(
            group: surroundings.group,
            timeout: TimeAmount(surroundings.patience),
            maximumBodyBytes: 64 << 10
        )
        let (asked, others) = Self.choice(of: nodes, on: HostName.current)
        return await withTaskGroup(of: (Int, [Finding]).self) { tasks in
            for (index, asked) in asked.enumerated() {
                tasks.addTask { (index, await Self.findings(of: asked, by: client)) }
            }
            var found: [Int: [Finding]] = [:]
            for await (index, findings) in tasks { found[index] = findings }
            return found.sorted { $0.key < $1.key }.flatMap { $0.value } + others
        }
    }

    /// Who is asked, and what is to be said of those that are not.
    ///
    /// - Parameter machine: The name of the one that asks.
    static func choice(of nodes: [NodeAnnouncement], on machine: String) -> (asked: [Asked], others: [Finding]) {
        var asked: [Asked] = []
        var others: [Finding] = []
        var left = 0
        for node in nodes {
            guard let admin = node.admin, let host = try? HTTPHost(admin) else { continue }
            if asked.count + others.count == maximum {
                left += 1
            } else if NodeAddress.isLocal(host.name), node.host != machine {
                let advice = "run doctor there, or give it an ADMIN_HOST that others reach"
                let words = "\(whose(node)) can be asked on its own machine only"
                others.append(Finding(.note, words, at: admin, advice: advice))
            } else {
                asked.append(Asked(node: node, admin: admin, host: host))
            }
        }
        if left > 0 {
            let advice = "look at /health of each, or at tidegate_ready in the metrics"
            let words = "\(left) more that announce themselves were not asked: no more than \(maximum) are"
            others.append(Finding(.warning, words, advice: advice))
        }
        return (asked, others)
    }

    private static func whose(_ node: NodeAnnouncement) -> String { "\(node.program) \(node.id) on \(node.host)" }

    private static func findings(of asked: Asked, by client: HTTPGet) async -> [Finding] {
        do {
            let answer = try await client.ask(asked.host, "/health")
            return findings(answer.status, answer.body, of: whose(asked.node), id: asked.node.id, at: asked.admin)
        } catch {
            let advice = "a firewall between here and there is no fault of it"
            let words = "\(whose(asked.node)) can't be asked: \(NetworkFailure.words(error))"
            return [Finding(.note, words, at: asked.admin, advice: advice)]
        }
    }

    /// - Parameter id: That it announces. A page of an older release tells none.
    static func findings(
        _ status: Int,
        _ body: ByteBuffer,
        of whose: String,
        id: String,
        at admin: String
    ) -> [Finding] {
        let page = HealthPageAnswer(body)
        if let other = page.id, other != id {
            let advice = "see that its address leads to it: ADMIN_HOST, and what is in front of it"
            return [Finding(.warning, "another answers in the place of \(whose): \(other)", at: admin, advice: advice)]
        }
        switch status {
        case 200: return [Finding(.fine, "\(whose) is healthy", at: admin)]
        case 401, 403:
            let words = "something in front of \(whose) asks for a token (HTTP \(status)); /health asks for none"
            return [Finding(.note, words, at: admin)]
        default:
            guard !page.reasons.isEmpty else {
                return [Finding(.warning, "\(whose) answers with HTTP \(status)", at: admin)]
            }
            return page.reasons.map { Finding(.problem, "\(whose): \($0)", at: admin) }
        }
    }
}
