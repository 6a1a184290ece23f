/// Somebody waits until the server has confirmed a subscription.
enum NATSRequest: Sendable {
    case subscribe(StreamName, CheckedContinuation<Void, any Error>)
    case listen(ControlChannel, CheckedContinuation<Void, any Error>)

    func succeed() {
        switch self {
        case .subscribe(_, let continuation), .listen(_, let continuation): continuation.resume()
        }
    }

    func fail(_ error: any Error) {
        switch self {
        case .subscribe(_, let continuation), .listen(_, let continuation): continuation.resume(throwing: error)
        }
    }
}
