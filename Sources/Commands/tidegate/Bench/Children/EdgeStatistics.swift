/// What a measurement wants to know from an edge node's `/stats`.
struct EdgeStatistics: Decodable {
    struct Connections: Decodable {
        let activeConnections: Int
    }

    struct Pubsub: Decodable {
        let historyReads: Int
        let resumed: Int
        let notRecovered: Int
    }

    let connections: Connections
    let pubsub: Pubsub
}
