import DequeModule
import NIOCore

/// The clients of one event loop, and what they have counted. Lives on that loop: everything here is called on it.
///
/// So many attempts to connect are on their way at a time as the window says; the others wait in `pending`, which holds
/// each client once at most.
final class ClientLoop {
    let eventLoop: any EventLoop
    let settings: ClientSettings
    let buffers = ReadBuffers()
    /// Of the read that is being worked on.
    var now: Int64 = 0
    var measured = MeasuredTime.none
    var tally = Tally()
    var slowTally = Tally()
    var storm = StormCounts()
    var clients: [LoadClient] = []
    /// Clients that are subscribed, and subscriptions that were made for them.
    private(set) var live = 0
    private(set) var slowLive = 0
    private(set) var retries = 0
    private(set) var connectionsMade = 0
    private(set) var failure: LoadFailure?
    var pending: Deque<LoadClient> = []
    private var inFlight = 0
    var trickling: RepeatedTask?
    var nextToLeave = 0

    init(_ settings: ClientSettings, eventLoop: any EventLoop) {
        self.settings = settings
        self.eventLoop = eventLoop
    }

    /// Everybody who should be connected is.
    var isSettled: Bool { pending.isEmpty && inFlight == 0 }

    func add(_ range: some Sequence<Int>, isSlow: (Int) -> Bool) {
        for index in range { clients.append(LoadClient(index: index, loop: self, isSlow: isSlow(index))) }
    }

    func connectAll() {
        pending.append(contentsOf: clients)
        pump()
    }

    func pump() {
        while inFlight < settings.connectWindow, failure == nil, let client = pending.popFirst() {
            inFlight += 1
            client.connect()
        }
    }

    func fail(_ failure: LoadFailure) {
        guard self.failure == nil else { return }
        self.failure = failure
        pending.removeAll()
    }

    // MARK: What a client tells

    func isLive(_ client: LoadClient) {
        client.phase = .live
        client.attempts = 0
        client.freshFrom = max(client.freshFrom, MonotonicClock.nanoseconds())
        inFlight -= 1
        connectionsMade += 1
        if client.isSlow { slowLive += 1 } else { live += 1 }
        pump()
    }

    func wasRefused(_ client: LoadClient, status: Int, words: String) {
        // Only a server that is full or busy may take it later.
        guard status == 503 || status == 429, client.attempts < LoadClient.maximumAttempts else {
            return fail(LoadFailure("\(settings.server(ofClient: client.index).endpoint) refused a client: \(words)"))
        }
        client.refusal = words
    }

    /// Of a connection that nobody here has ended; `phase` is where it was.
    func hasEnded(_ client: LoadClient, in phase: LoadClient.Phase, _ reason: String) {
        switch phase {
        case .live: break
        case .upgrading: return retry(client, "no answer to the handshake, \(reason)")
        case .away, .connecting, .subscribing: return retry(client, reason)
        }
        hasLeft(client)
        if let gates = settings.gates, !client.isSlow { client.streamIndices.forEach(gates.left) }
        if client.isSlow { slowTally.closed[reason, default: 0] += 1 } else { tally.closed[reason, default: 0] += 1 }
    }

    /// It was live.
    func hasLeft(_ client: LoadClient) { if client.isSlow { slowLive -= 1 } else { live -= 1 } }

    private func retry(_ client: LoadClient, _ reason: String) {
        inFlight -= 1
        retries += 1
        guard client.attempts < LoadClient.maximumAttempts, failure == nil else {
            let server = settings.server(ofClient: client.index).endpoint
            fail(
                LoadFailure(
                    "\(server): a client could not connect in \(client.attempts) attempts: \(client.refusal ?? reason)"
                )
            )
            return
        }
        let wait = TimeAmount.milliseconds(20 << Int64(min(client.attempts, 8)))
        inFlight += 1
        let bound = NIOLoopBound(client, eventLoop: eventLoop)
        eventLoop.assumeIsolated().scheduleTask(in: wait) { [self] in
            inFlight -= 1
            pending.append(bound.value)
            pump()
        }
    }
}

@available(*, unavailable)
extension ClientLoop: Sendable {}
