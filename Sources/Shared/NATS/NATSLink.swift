import CNats
import Dispatch
import Glibc
import Logging
import NIOCore
import Synchronization

/// The connection to NATS, kept up: cnats reconnects by itself, and where it gives up (as after a password that was refused
/// twice) another connection is made.
///
/// What may block for a round trip runs on `control`, one after the other. cnats calls back on threads of its own; what it
/// is given to call with is this object, which is kept alive until the connection has rested for a while.
final class NATSLink: Sendable {
    /// The pointer is only handed to cnats, whose functions lock by themselves.
    private struct Connection: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// The same; only read after it has been set up.
    private struct Options: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private struct State {
        var connection: Connection?
        var status: StoreStatus
        var isClosed = false
    }

    static let flushTimeout: Int64 = 2000
    private static let connectTimeout: Int64 = 2000
    private static let reconnectWait: Int64 = 250
    private static let reconnectJitter: Int64 = 250
    /// Found dead after two pings: within ten seconds or so.
    private static let pingInterval: Int64 = 5000

    let control = DispatchQueue(label: "tidegate.nats.control")
    let configuration: NATSConfiguration
    private let options: Options
    private let logger: RateLimitedLogger
    private let state: Mutex<State>
    /// On `control`, when there is a connection: `isNew` where it knows of no subscription yet.
    private let onRestored: @Sendable (_ isNew: Bool) -> Void
    private let onSlow: @Sendable (_ subject: String) -> Void

    /// The pool of threads that call subscriptions is shared by all connections of the process.
    private static let poolSize: Void = { _ = nats_SetMessageDeliveryPoolSize(2) }()

    init(
        _ configuration: NATSConfiguration,
        logger: Logger,
        onRestored: @escaping @Sendable (_ isNew: Bool) -> Void,
        onSlow: @escaping @Sendable (_ subject: String) -> Void
    ) throws {
        self.configuration = configuration
        self.logger = RateLimitedLogger(logger, limit: 1)
        self.onRestored = onRestored
        self.onSlow = onSlow
        options = Options(pointer: try Self.makeOptions(configuration))
        state = Mutex(State(status: .disconnected(reason: "not connected to NATS at \(configuration) yet")))
        _ = Self.poolSize
    }

    var status: StoreStatus { state.withLock { $0.status } }

    /// Nil while there is none. Stays valid for seconds after it was closed: longer than any call may take.
    var connection: OpaquePointer? {
        state.withLock { $0.status == .connected ? $0.connection?.pointer : nil }
    }

    /// Also one that is still trying: what is subscribed on it is sent once it is there.
    var anyConnection: OpaquePointer? { state.withLock { $0.connection?.pointer } }

    /// Begins to connect. To be called once.
    func start() throws {
        // Given back when the link is closed.
        let closure = Unmanaged.passRetained(self).toOpaque()
        let pointer = options.pointer
        try NATSError.check(natsOptions_SetDisconnectedCB(pointer, natsDisconnected, closure), "set up")
        try NATSError.check(natsOptions_SetReconnectedCB(pointer, natsReconnected, closure), "set up")
        try NATSError.check(natsOptions_SetRetryOnFailedConnect(pointer, true, natsReconnected, closure), "set up")
        try NATSError.check(natsOptions_SetClosedCB(pointer, natsClosed, closure), "set up")
        try NATSError.check(natsOptions_SetLameDuckModeCB(pointer, natsLameDuck, closure), "set up")
        try NATSError.check(natsOptions_SetErrorHandler(pointer, natsFailed, closure), "set up")
        control.async { self.connect() }
    }

    /// On `control`.
    private func connect() {
        guard !state.withLock({ $0.isClosed }) else { return }
        var made: OpaquePointer?
        let outcome = natsConnection_Connect(&made, options.pointer)
        if let made {
            state.withLock { state in
                state.connection = Connection(pointer: made)
                if outcome == NATS_OK { state.status = .connected }
            }
        }
        if outcome == NATS_OK {
            logger.log(.info, key: "connected", "connected to NATS", metadata: ["servers": "\(configuration)"])
            onRestored(true)
        } else if outcome == NATS_NOT_YET_CONNECTED {
            // Subscriptions may be made on it already: they are sent once it is connected.
            lost("can't connect")
            onRestored(true)
        } else {
            lost(String(cString: natsStatus_GetText(outcome)))
            control.asyncAfter(deadline: .now() + 1) { self.connect() }
        }
    }

    /// Waits until the server has answered; on `control`.
    func flush() throws(NATSError) {
        guard let connection else { throw .notConnected(servers: "\(configuration)") }
        try NATSError.check(natsConnection_FlushTimeout(connection, Self.flushTimeout), "get an answer")
    }

    func close() async {
        let old = state.withLock { state in
            defer {
                state.connection = nil
                state.isClosed = true
                state.status = .disconnected(reason: "closed")
            }
            return state.isClosed ? nil : (state.connection, options)
        }
        guard let (connection, options) = old else { return }
        await withCheckedContinuation { continuation in
            control.async {
                if let connection { natsConnection_Close(connection.pointer) }
                continuation.resume()
            }
        }
        // Callbacks may still be on their way.
        control.asyncAfter(deadline: .now() + Double(NATSGraveyard.delay.components.seconds)) {
            if let connection { natsConnection_Destroy(connection.pointer) }
            natsOptions_Destroy(options.pointer)
            Unmanaged.passUnretained(self).release()
        }
    }

    // MARK: What cnats calls

    fileprivate func lost(_ reason: String) {
        state.withLock { state in
            if !state.isClosed { state.status = .disconnected(reason: "NATS at \(configuration): \(reason)") }
        }
        logger.log(
            .warning,
            key: "lost",
            "there is no connection to NATS; trying again",
            metadata: ["servers": "\(configuration)", "reason": "\(reason)"]
        )
    }

    fileprivate func restored() {
        let isOpen = state.withLock { state in
            guard !state.isClosed else { return false }
            state.status = .connected
            return true
        }
        guard isOpen else { return }
        logger.log(.info, key: "connected", "connected to NATS", metadata: ["servers": "\(configuration)"])
        control.async { self.onRestored(false) }
    }

    /// cnats will not try any longer.
    fileprivate func gaveUp(_ connection: OpaquePointer?) {
        let isUnexpected = state.withLock { state in
            guard !state.isClosed else { return false }
            state.connection = nil
            return true
        }
        guard isUnexpected else { return }
        let reason = connection.map(Self.lastError) ?? ""
        lost(reason.isEmpty ? "the server refused it" : reason)
        let old = connection.map { Connection(pointer: $0) }
        let delay = Double(NATSGraveyard.delay.components.seconds)
        control.asyncAfter(deadline: .now() + delay) { if let old { natsConnection_Destroy(old.pointer) } }
        control.asyncAfter(deadline: .now() + 1) { self.connect() }
    }

    fileprivate func lameDuck() {
        logger.log(
            .warning,
            key: "lame duck",
            "a NATS server is about to stop and asks its clients to go to another one",
            metadata: ["servers": "\(configuration)"]
        )
    }

    fileprivate func failed(_ subscription: OpaquePointer?, _ status: natsStatus) {
        if status == NATS_SLOW_CONSUMER, let subscription, let subject = natsSubscription_GetSubject(subscription) {
            let name = String(cString: subject)
            control.async { self.onSlow(name) }
        } else {
            logger.log(
                .warning,
                key: "error",
                "NATS reports an error",
                metadata: ["reason": "\(String(cString: natsStatus_GetText(status)))"]
            )
        }
    }

    fileprivate static func lastError(of connection: OpaquePointer) -> String {
        var text: UnsafePointer<CChar>?
        guard natsConnection_GetLastError(connection, &text) != NATS_OK, let text else { return "" }
        return String(cString: text)
    }
}

extension NATSLink {
    private static func makeOptions(_ configuration: NATSConfiguration) throws -> OpaquePointer {
        var made: OpaquePointer?
        try NATSError.check(natsOptions_Create(&made), "set up")
        guard let options = made else { throw NATSError("set up", NATS_NO_MEMORY) }
        do {
            try fill(options, configuration)
            return options
        } catch {
            natsOptions_Destroy(options)
            throw error
        }
    }

    private static func fill(_ options: OpaquePointer, _ configuration: NATSConfiguration) throws {
        let servers = configuration.servers.map { strdup($0) }
        defer { for server in servers { free(server) } }
        var list = servers.map { UnsafePointer<CChar>($0) }
        try NATSError.check(natsOptions_SetServers(options, &list, Int32(list.count)), "take the addresses")
        try NATSError.check(natsOptions_SetName(options, "tidegate"), "set up")
        try NATSError.check(natsOptions_UseGlobalMessageDelivery(options, true), "set up")
        try NATSError.check(natsOptions_SetTimeout(options, connectTimeout), "set up")
        try NATSError.check(natsOptions_SetMaxReconnect(options, -1), "set up")
        try NATSError.check(natsOptions_SetReconnectWait(options, reconnectWait), "set up")
        try NATSError.check(natsOptions_SetReconnectJitter(options, reconnectJitter, reconnectJitter), "set up")
        try NATSError.check(natsOptions_SetPingInterval(options, pingInterval), "set up")
        // What could not be sent is the publisher's to send again, not to be kept here and burst out stale.
        try NATSError.check(natsOptions_SetReconnectBufSize(options, 1), "set up")
        if configuration.isSecure { try NATSError.check(natsOptions_SetSecure(options, true), "set up TLS") }
        if let file = configuration.caFile, configuration.isSecure {
            let status = natsOptions_LoadCATrustedCertificates(options, file)
            guard status == NATS_OK else {
                throw StoreCertificateError(file: file, reason: String(cString: natsStatus_GetText(status)))
            }
        }
        if let file = configuration.credentialsFile {
            guard access(file, R_OK) == 0 else {
                throw NATSError.failed(
                    action: "read the credentials in \(file)",
                    reason: "there is no such file, or this user may not read it; NATS_CREDENTIALS names it"
                )
            }
            try NATSError.check(natsOptions_SetUserCredentialsFromFiles(options, file, nil), "take the credentials")
        }
    }
}

private func natsLink(_ closure: UnsafeMutableRawPointer?) -> NATSLink? {
    // Retained from `start` until the connection was destroyed.
    closure.map { Unmanaged<NATSLink>.fromOpaque($0).takeUnretainedValue() }
}

private let natsDisconnected: natsConnectionHandler = { connection, closure in
    let reason = connection.map(NATSLink.lastError) ?? ""
    natsLink(closure)?.lost(reason.isEmpty ? "the connection was lost" : reason)
}

private let natsReconnected: natsConnectionHandler = { _, closure in natsLink(closure)?.restored() }

private let natsClosed: natsConnectionHandler = { connection, closure in natsLink(closure)?.gaveUp(connection) }

private let natsLameDuck: natsConnectionHandler = { _, closure in natsLink(closure)?.lameDuck() }

private let natsFailed: natsErrHandler = { _, subscription, status, closure in
    natsLink(closure)?.failed(subscription, status)
}
