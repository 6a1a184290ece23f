import CNats
import Core
import Glibc
import Platform
import Stores

/// What cnats is to do, from a configuration: made once, copied by cnats for each connection.
///
/// Sendable without checks: nothing changes after `setCallbacks`, which is called before the first connection.
final class NATSOptions: @unchecked Sendable {
    let pointer: OpaquePointer

    /// - Throws: Where a file that the configuration names can't be used.
    init(_ configuration: NATSConfiguration, _ limits: NATSLimits) throws {
        var made: OpaquePointer?
        try NATSError.check(natsOptions_Create(&made), "set up")
        guard let made else { throw NATSError("set up", NATS_NO_MEMORY) }
        pointer = made
        try setAddresses(configuration)
        try setTimes(limits)
        try setSecurity(configuration)
    }

    deinit { natsOptions_Destroy(pointer) }

    private func setAddresses(_ configuration: NATSConfiguration) throws(NATSError) {
        let servers = configuration.servers.map { strdup($0) }
        defer { for server in servers { free(server) } }
        var list = servers.map { UnsafePointer<CChar>($0) }
        try NATSError.check(natsOptions_SetServers(pointer, &list, Int32(list.count)), "take the addresses")
        // Not in the addresses: there cnats takes them as they are written.
        switch configuration.login {
        case .none: break
        case .token(let token):
            try NATSError.check(natsOptions_SetToken(pointer, Self.escaped(token)), "take the token")
        case .user(let user, let password):
            let status = natsOptions_SetUserInfo(pointer, Self.escaped(user), Self.escaped(password))
            try NATSError.check(status, "take user and password")
        }
    }

    /// cnats puts logins between quotes as they are.
    private static func escaped(_ text: String) -> String {
        var json = JSONWriter()
        json.string(text)
        return json.withBytes { String(decoding: $0.dropFirst().dropLast(), as: UTF8.self) }
    }

    private func setTimes(_ limits: NATSLimits) throws(NATSError) {
        let wait = limits.reconnectWait.wholeMilliseconds
        let settings = [
            natsOptions_SetName(pointer, "tidegate"),
            natsOptions_UseGlobalMessageDelivery(pointer, true),
            natsOptions_SetTimeout(pointer, limits.connectTimeout.wholeMilliseconds),
            // Without one, a server that has stopped reading would hold up all calls for as long as TCP tries.
            natsOptions_SetWriteDeadline(pointer, limits.answerTimeout.wholeMilliseconds),
            natsOptions_SetMaxReconnect(pointer, -1),
            natsOptions_SetReconnectWait(pointer, wait),
            natsOptions_SetReconnectJitter(pointer, wait, wait),
            natsOptions_SetPingInterval(pointer, limits.pingInterval.wholeMilliseconds),
            natsOptions_SetMaxPingsOut(pointer, 1),
            // What could not be sent is the publisher's to send again, not to be kept here and burst out stale.
            natsOptions_SetReconnectBufSize(pointer, 1),
        ]
        for status in settings { try NATSError.check(status, "set up") }
    }

    private func setSecurity(_ configuration: NATSConfiguration) throws {
        if configuration.isSecure { try NATSError.check(natsOptions_SetSecure(pointer, true), "set up TLS") }
        // Also for nats://: a server may ask for TLS.
        if let file = configuration.caFile {
            let status = natsOptions_LoadCATrustedCertificates(pointer, file)
            guard status == NATS_OK else {
                throw StoreCertificateError(file: file, reason: NATSError.reason(status))
            }
        }
        if let file = configuration.credentialsFile {
            try NATSCredentials.check(file)
            try NATSError.check(natsOptions_SetUserCredentialsFromFiles(pointer, file, nil), "take the credentials")
        }
    }

    /// - Parameter closure: What each callback is called with.
    func setCallbacks(
        restored: natsConnectionHandler,
        lost: natsConnectionHandler,
        ended: natsConnectionHandler,
        lameDuck: natsConnectionHandler,
        failed: natsErrHandler,
        closure: UnsafeMutableRawPointer
    ) throws(NATSError) {
        let settings = [
            natsOptions_SetReconnectedCB(pointer, restored, closure),
            natsOptions_SetDisconnectedCB(pointer, lost, closure),
            natsOptions_SetClosedCB(pointer, ended, closure),
            natsOptions_SetLameDuckModeCB(pointer, lameDuck, closure),
            natsOptions_SetErrorHandler(pointer, failed, closure),
        ]
        for status in settings { try NATSError.check(status, "set up") }
    }
}
