import Core
import NIOCore
import Platform
import Stores

/// What each process that announces itself says of its own health, on its pages.
///
/// It is asked without `ADMIN_TOKEN`: `/health` asks for none, and the token is nothing to show at whatever address somebody
/// has announced.
struct NodePagesCheck: Check {
    let name = "health"
    /// Whoever may write to the broker can name any address: no more than these are asked.
    private static let maximum = 32

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let nodes = await surroundings.heard.nodes.map(\.announcement)
        let client = HTTPGet(
            group: surroundings.group,
            timeout: TimeAmount(surroundings.patience),
            maximumBodyBytes: 64 << 10
        )
        return await withTaskGroup(of: (Int, [Finding]).self) { tasks in
            for (index, node) in nodes.prefix(Self.maximum).enumerated() {
                tasks.addTask { (index, await Self.findings(of: node, by: client)) }
            }
            var found: [Int: [Finding]] = [:]
            for await (index, findings) in tasks { found[index] = findings }
            return found.sorted { $0.key < $1.key }.flatMap { $0.value }
        }
    }

    private static func findings(of node: NodeAnnouncement, by client: HTTPGet) async -> [Finding] {
        guard let admin = node.admin, let host = try? HTTPHost(admin) else { return [] }
        let whose = "\(node.program) \(node.id) on \(node.host)"
        do {
            let answer = try await client.ask(host, "/health")
            return findings(answer.status, answer.body, of: whose, at: admin)
        } catch {
            let advice = "a firewall between here and there is no fault of it"
            return [
                Finding(.note, "\(whose) can't be asked: \(NetworkFailure.words(error))", at: admin, advice: advice)
            ]
        }
    }

    static func findings(_ status: Int, _ body: ByteBuffer, of whose: String, at admin: String) -> [Finding] {
        switch status {
        case 200: return [Finding(.fine, "\(whose) is healthy", at: admin)]
        case 401, 403:
            let words = "something in front of \(whose) asks for a token (HTTP \(status)); /health asks for none"
            return [Finding(.note, words, at: admin)]
        default:
            let reasons = Self.reasons(in: body)
            guard !reasons.isEmpty else {
                return [Finding(.warning, "\(whose) answers with HTTP \(status)", at: admin)]
            }
            return reasons.map { Finding(.problem, "\(whose): \($0)", at: admin) }
        }
    }

    /// A node tells them in a list, an ingestor in a sentence. At most ten.
    private static func reasons(in body: ByteBuffer) -> [String] {
        var reasons: [String] = []
        try? body.readJSON { (cursor) throws(JSONError) in
            try cursor.object { (name, cursor) throws(JSONError) in
                if name.equals("problems") {
                    try cursor.array { (cursor) throws(JSONError) in
                        reasons.append(try cursor.string().decoded ?? "")
                    }
                } else if name.equals("reason") {
                    reasons.append(try cursor.string().decoded ?? "")
                } else {
                    try cursor.skip()
                }
            }
        }
        return reasons.prefix(10).map { String($0.prefix(300)) }
    }
}
