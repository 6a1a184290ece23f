/// What a request's failure says of its topics.
///
/// Only words that are known to be final end a subscription: the exchange has no such topic, symbol or interval. What it
/// says beside these, of a topic or of none, may be over in a moment.
enum BybitFailure: Equatable {
    /// The exchange will never serve this topic.
    case final(String)
    /// It serves this topic already.
    case alreadySubscribed(String)
    /// The request failed for the time being: because of one topic, or without a word about which.
    case temporary(String?)

    /// The beginnings of the exchange's final words; a topic and an ending follow.
    private static let finalWords = [
        ("error:handler not found,topic:", ""), ("Invalid symbol :[", "]"), ("Invalid kline type :[", "]"),
    ]

    /// - Parameter topics: Those of the request.
    init(_ answer: BybitAcknowledgement, topics: [String]) {
        guard let named = answer.namedTopic, topics.contains(named) else {
            self = .temporary(nil)
            return
        }
        if Self.finalWords.contains(where: { answer.message == $0.0 + named + $0.1 }) {
            self = .final(named)
        } else if answer.saysAlreadySubscribed {
            self = .alreadySubscribed(named)
        } else {
            self = .temporary(named)
        }
    }
}
