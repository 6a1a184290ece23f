/// The protocol's request logic: text in, an answer and the topics to start or stop out.
///
/// Pure: it owns nothing and knows no network. The caller says which topics exist and which are already subscribed.
struct RequestInterpreter {
    /// What a request leads to. On failure both topic lists are empty: a linear batch is all or nothing.
    struct Outcome: Equatable {
        var reply: Acknowledgement
        var subscribe: [String] = []
        var unsubscribe: [String] = []
    }

    let connectionID: String
    /// Characters of `args` that one connection may have subscribed.
    var maximumArguments = 21_000

    /// What a topic takes of them: its name with its quotes and comma.
    static func cost(of topic: String) -> Int { topic.utf8.count + 3 }

    /// - Parameter used: Of `maximumArguments`, by what the connection has subscribed.
    func interpret(
        _ text: String,
        used: Int = 0,
        isKnown: (String) -> Bool,
        isSubscribed: (String) -> Bool
    ) -> Outcome {
        switch RequestDecoder.decode(text) {
        case .failure(let failure):
            return Outcome(reply: refusal(failure.message, to: nil))
        case .success(let request):
            switch request.operation {
            case "ping":
                return Outcome(reply: acceptance("pong", of: request))
            case "subscribe":
                return subscribe(request, used: used, isKnown: isKnown, isSubscribed: isSubscribed)
            case "unsubscribe":
                return unsubscribe(request, isKnown: isKnown, isSubscribed: isSubscribed)
            default:
                return Outcome(reply: refusal("error:invalid op", to: request))
            }
        }
    }

    private func subscribe(
        _ request: ClientRequest,
        used: Int,
        isKnown: (String) -> Bool,
        isSubscribed: (String) -> Bool
    ) -> Outcome {
        var accepted = Set<String>(minimumCapacity: request.arguments.count)
        for topic in request.arguments {
            guard isKnown(topic) else {
                return Outcome(reply: refusal("error:handler not found,topic:\(topic)", to: request))
            }
            guard !isSubscribed(topic), accepted.insert(topic).inserted else {
                return Outcome(reply: refusal("error:already subscribed,topic:\(topic)", to: request))
            }
        }
        let characters = request.arguments.reduce(used) { $0 + Self.cost(of: $1) }
        guard characters <= maximumArguments else {
            return Outcome(reply: refusal("error:args length exceeds \(maximumArguments)", to: request))
        }
        return Outcome(reply: acceptance("", of: request), subscribe: request.arguments)
    }

    /// A known topic that is not subscribed is acknowledged all the same; an unknown one has no handler.
    private func unsubscribe(
        _ request: ClientRequest,
        isKnown: (String) -> Bool,
        isSubscribed: (String) -> Bool
    ) -> Outcome {
        if let unknown = request.arguments.first(where: { !isKnown($0) }) {
            return Outcome(reply: refusal("error:handler not found,topic:\(unknown)", to: request))
        }
        var seen = Set<String>()
        let topics = request.arguments.filter { isSubscribed($0) && seen.insert($0).inserted }
        return Outcome(reply: acceptance("", of: request), unsubscribe: topics)
    }

    private func acceptance(_ message: String, of request: ClientRequest) -> Acknowledgement {
        Acknowledgement(
            success: true,
            message: message,
            connectionID: connectionID,
            requestID: request.requestID,
            operation: request.operation
        )
    }

    private func refusal(_ message: String, to request: ClientRequest?) -> Acknowledgement {
        Acknowledgement(
            success: false,
            message: message,
            connectionID: connectionID,
            requestID: request?.requestID ?? "",
            operation: request?.operation ?? ""
        )
    }
}
