import CNats

// What cnats calls, on threads of its own: it takes C functions, which find their link by the closure.

private func natsLink(_ closure: UnsafeMutableRawPointer?) -> NATSLink? {
    // Each connection holds one until `natsEnded`.
    closure.map { Unmanaged<NATSLink>.fromOpaque($0).takeUnretainedValue() }
}

private func lastError(_ connection: OpaquePointer?) -> String? {
    var text: UnsafePointer<CChar>?
    guard let connection, natsConnection_GetLastError(connection, &text) != NATS_OK, let text else { return nil }
    let words = String(cString: text)
    return words.isEmpty ? nil : words
}

let natsRestored: natsConnectionHandler = { _, closure in natsLink(closure)?.restored() }

let natsLost: natsConnectionHandler = { connection, closure in
    natsLink(closure)?.lost(lastError(connection) ?? "the connection was lost")
}

let natsEnded: natsConnectionHandler = { connection, closure in
    natsLink(closure)?.ended(lastError(connection))
    if let closure { Unmanaged<NATSLink>.fromOpaque(closure).release() }
}

let natsLameDuck: natsConnectionHandler = { _, closure in natsLink(closure)?.lameDuck() }

let natsFailed: natsErrHandler = { connection, subscription, status, closure in
    if status == NATS_SLOW_CONSUMER, let subscription, let subject = natsSubscription_GetSubject(subscription) {
        natsLink(closure)?.slow(String(cString: subject))
    } else {
        natsLink(closure)?.failed(lastError(connection) ?? String(cString: natsStatus_GetText(status)))
    }
}
