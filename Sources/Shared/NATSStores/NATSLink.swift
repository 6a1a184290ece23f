import CNats
import Dispatch
import Logging
import Platform
import Stores
import Synchronization

/// The connection to NATS, kept up: cnats reconnects by itself, and where it gives up (as after a password that was refused
/// twice) or never came so far, another connection is made. There is never more than one.
///
/// What may block for a round trip runs on `control`, one after the other. cnats calls back on a thread of its own; what it
/// is given to call with is this object, which each connection keeps alive until cnats has said its last word on it.
final class NATSLink: Sendable {
    private struct State {
        var connection: NATSConnection?
        var status: StoreStatus
        /// How often a connection was lost.
        var losses = 0
        /// How often there was one.
        var connects = 0
        var isClosed = false
        /// Subjects of which cnats has dropped messages, to be looked at. At most as many as are subscribed to.
        var slow: Set<String> = []
    }

    /// From one connection that cnats has given up to the next.
    private static let connectWait = DispatchTimeInterval.seconds(1)

    let control = DispatchQueue(label: "tidegate.nats.control")
    let configuration: NATSConfiguration
    let limits: NATSLimits
    private let options: NATSOptions
    private let logger: RateLimitedLogger
    private let state: Mutex<State>
    /// The file was good when this process started; it may have been replaced.
    private let credentials: NATSCredentialsWatch?
    /// On `control`, when there is a connection: `isNew` where it knows of no subscription yet.
    private let onRestored: @Sendable (_ isNew: Bool) -> Void
    /// On `control`.
    private let onSlow: @Sendable (_ subject: String) -> Void

    /// The pool of threads that call subscriptions is shared by all connections of the process.
    private static let poolSize: Void = { _ = nats_SetMessageDeliveryPoolSize(2) }()

    init(
        _ configuration: NATSConfiguration,
        limits: NATSLimits,
        logger: Logger,
        onRestored: @escaping @Sendable (_ isNew: Bool) -> Void,
        onSlow: @escaping @Sendable (_ subject: String) -> Void
    ) throws {
        self.configuration = configuration
        self.limits = limits
        self.logger = RateLimitedLogger(logger, limit: 1)
        self.onRestored = onRestored
        self.onSlow = onSlow
        options = try NATSOptions(configuration, limits)
        credentials = configuration.credentialsFile.map { NATSCredentialsWatch(file: $0) }
        state = Mutex(State(status: .disconnected(reason: "not connected to NATS at \(configuration) yet")))
        _ = Self.poolSize
    }

    /// How often there was a connection again after it was lost.
    var reconnects: Int { state.withLock { max(0, $0.connects - 1) } }

    /// While there is no connection it tells what is wrong with the credentials, if that is so: cnats tries on with them and
    /// does not say that it can't. Event loops ask: nothing is read here.
    var status: StoreStatus {
        let (status, isClosed) = state.withLock { ($0.status, $0.isClosed) }
        guard case .disconnected = status, !isClosed, let reason = credentials?.complaint else { return status }
        return .disconnected(reason: reason)
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// One that is up.
    var connection: NATSConnection {
        get throws(NATSError) {
            let (connection, isClosed) = state.withLock { state in
                (state.status == .connected ? state.connection : nil, state.isClosed)
            }
            if let connection { return connection }
            throw isClosed ? .closed : .notConnected(servers: "\(configuration)")
        }
    }

    /// Begins to connect. To be called once.
    func start() throws {
        // Not counted here but with each connection.
        let closure = Unmanaged.passUnretained(self).toOpaque()
        try options.setCallbacks(
            restored: natsRestored,
            lost: natsLost,
            ended: natsEnded,
            lameDuck: natsLameDuck,
            failed: natsFailed,
            closure: closure
        )
        control.async { self.connect() }
    }

    /// Waits until the server has answered; on `control`.
    func flush() throws(NATSError) {
        try connection.flush("get an answer", within: limits.answerTimeout)
    }

    /// Returns when it has ended; waits for an attempt to connect that is under way.
    func close() async {
        state.withLock { state in
            state.isClosed = true
            state.status = .disconnected(reason: "closed")
        }
        await withCheckedContinuation { continuation in
            control.async {
                let connection = self.state.withLock { $0.connection.take() }
                connection?.close()
                continuation.resume()
            }
        }
    }

    /// On `control`.
    private func connect() {
        let (isClosed, losses) = state.withLock { ($0.isClosed, $0.losses) }
        guard !isClosed else { return }
        // Given back when cnats says that the connection has ended, which is the last that it says of it.
        let closure = Unmanaged.passRetained(self)
        var pointer: OpaquePointer?
        let outcome = natsConnection_Connect(&pointer, options.pointer)
        guard let pointer else {
            closure.release()
            lost(NATSError.reason(outcome))
            return connectLater()
        }
        let isUp = state.withLock { state in
            state.connection = NATSConnection(pointer)
            guard !state.isClosed else { return false }
            // It may have been lost in this moment; then what follows is as after any loss.
            if state.losses == losses { state.status = .connected }
            state.connects += 1
            return true
        }
        guard isUp else { return }
        sayConnected()
        onRestored(true)
    }

    private func connectLater() {
        control.asyncAfter(deadline: .now() + Self.connectWait) { self.connect() }
    }

    private func sayConnected() {
        logger.log(.info, key: "connected", "connected to NATS", metadata: ["servers": "\(configuration)"])
        checkPayload()
    }

    private func checkPayload() {
        let maximum = state.withLock { $0.connection }?.withPointer { natsConnection_GetMaxPayload($0) }
        guard let maximum, maximum > 0, maximum < Int64(NATSLimits.largestPublication) else { return }
        logger.log(
            .error,
            key: "max_payload",
            "NATS takes no message of the size that an order book may have: set max_payload in the server's configuration",
            metadata: [
                "servers": "\(configuration)", "max_payload": "\(maximum)",
                "needed": "\(NATSLimits.largestPublication)",
            ]
        )
    }
}

// MARK: What cnats calls

extension NATSLink {
    func lost(_ reason: String) {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.losses += 1
            state.status = .disconnected(reason: "NATS at \(configuration): \(reason)")
            return true
        }
        guard isOpen else { return }
        logger.log(
            .warning,
            key: "lost",
            "there is no connection to NATS; trying again",
            metadata: ["servers": "\(configuration)", "reason": "\(credentials?.look() ?? reason)"]
        )
    }

    func restored() {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.status = .connected
            state.connects += 1
            return true
        }
        guard isOpen else { return }
        sayConnected()
        control.async { self.onRestored(false) }
    }

    /// cnats will not try any longer, or was told to close.
    func ended(_ reason: String?) {
        lost(reason ?? "the server refused it")
        control.async {
            let old = self.state.withLock { $0.connection.take() }
            withExtendedLifetime(old) {}
            self.connect()
        }
    }

    func lameDuck() {
        logger.log(
            .warning,
            key: "lame duck",
            "a NATS server is about to stop and asks its clients to go to another one",
            metadata: ["servers": "\(configuration)"]
        )
    }

    func slow(_ subject: String) {
        // cnats says so again and again while a queue is around its limit.
        guard state.withLock({ $0.slow.insert(subject).inserted }) else { return }
        control.async {
            self.state.withLock { _ = $0.slow.remove(subject) }
            self.onSlow(subject)
        }
    }

    func failed(_ reason: String) {
        logger.log(.warning, key: "error", "NATS reports an error", metadata: ["reason": "\(reason)"])
    }
}
