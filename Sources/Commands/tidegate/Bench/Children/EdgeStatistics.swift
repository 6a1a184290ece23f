/// What a measurement wants to know from an edge node's `/stats`.
struct EdgeStatistics: Decodable {
    struct Pubsub: Decodable {
        let historyReads: Int
        let resumed: Int
        let notRecovered: Int
    }

    let pubsub: Pubsub
}
