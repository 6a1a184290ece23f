import Platform
import Stores

@testable import Doctor

extension NodeAnnouncement {
    /// A node as it would announce itself.
    static func node(
        _ id: String,
        connections: Int = 10,
        limit: Int = 1000,
        release: String = Release.version
    ) -> NodeAnnouncement {
        var node = NodeAnnouncement(id: id, program: .edgeNode, admin: nil, sentAt: 0)
        node.host = "host-\(id)"
        node.release = release
        node.load = NodeLoad(connections: connections, limit: limit, streams: 3)
        return node
    }

    static func ingestor(_ id: String, leads: Bool) -> NodeAnnouncement {
        var ingestor = NodeAnnouncement(id: id, program: .ingestor, admin: nil, sentAt: 0)
        ingestor.leads = leads
        return ingestor
    }
}

extension Heard {
    static func of(_ nodes: [NodeAnnouncement], clockAhead: Int64 = 0, _ heartbeats: [Heartbeat] = []) -> Heard {
        var heard = Heard()
        heard.isListening = true
        heard.roundTrip = .milliseconds(1)
        heard.nodes = nodes.map { Heard.Node(announcement: $0, clockAhead: clockAhead) }
        heard.heartbeats = heartbeats
        return heard
    }
}

extension [Finding] {
    /// The grade of each and its words, as `problem: the broker is away`.
    var words: [String] { map { "\($0.grade.rawValue): \($0.what)" } }

    var grades: [Finding.Grade] { map(\.grade) }

    /// The first of this grade that has these words.
    func first(_ grade: Finding.Grade, _ words: String) -> Finding? {
        first { $0.grade == grade && $0.what.contains(words) }
    }
}
