import Core
import Stores

/// What a subscriber was asked for and has not done yet; who asked waits.
enum NATSRequest: Sendable {
    case subscribe(StreamName, CheckedContinuation<Void, any Error>)
    case listen(ControlChannel, CheckedContinuation<Void, any Error>)
    case unsubscribe(StreamName, CheckedContinuation<Void, any Error>)

    func finish(_ error: NATSError? = nil) {
        switch self {
        case .subscribe(_, let continuation), .listen(_, let continuation), .unsubscribe(_, let continuation):
            continuation.resume(with: error.map { .failure($0) } ?? .success(()))
        }
    }
}
