import NIOCore

/// Why the gateway itself did not take a client, or was left by one. The raw value is the word in the metrics. What is refused by who
/// judges addresses and credentials is counted there.
enum HandshakeRefusal: String, CaseIterable, Sendable {
    /// There was no place.
    case capacity
    case draining
    /// Not a WebSocket's opening handshake, though it was sent to where one is taken.
    case badRequest = "bad_request"
    /// No request came in time, or nobody said in time whether the client may come in.
    case timeout
    /// TLS could not be agreed on.
    case tls
    /// The client asked to come in, and was gone before it had its answer.
    case abandoned
    /// The client took its answer so late that what was decided holds no more.
    case late

    /// So long after it an admission still holds: changes of API keys are heeded for longer (`Sweep`).
    static let admissionHolds = TimeAmount.seconds(1)

    /// Why a client that was answered 101 is not taken all the same; nil: it is.
    ///
    /// - Parameters:
    ///   - outcome: Of writing the answer.
    ///   - time: From the decision to the end of writing.
    init?(behindAnswer outcome: Result<Void, any Error>, isGoingAway: Bool, after time: TimeAmount) {
        // Nobody says goodbye to who comes behind the goodbyes. And who takes its answer late may be nobody any more.
        switch outcome {
        case .failure: self = .abandoned
        case .success where isGoingAway: self = .draining
        case .success where time > Self.admissionHolds: self = .late
        case .success: return nil
        }
    }
}
