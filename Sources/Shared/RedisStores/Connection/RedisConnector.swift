import NIOCore
import NIOPosix
import NIOSSL
import Platform
import Stores

/// Opens connections to one Redis server, up to the point where it takes commands: TCP, TLS, AUTH, SELECT, HELLO, PING.
/// The name is looked up for each. A replica is refused: what is published there reaches nobody else, and what is read
/// there may be old.
package struct RedisConnector: Sendable {
    package let url: RedisURL
    package var limits: RedisLimits
    private let clientName: String?
    private let tls: NIOSSLContext?

    /// - Parameters:
    ///   - caFile: A PEM file with the authorities that sign Redis's certificate; those of the machine where it is nil.
    ///   - clientName: What Redis calls the connection in `CLIENT LIST`.
    /// - Throws: `StoreCertificateError`, where the file can't be used.
    package init(
        url: RedisURL,
        caFile: String? = nil,
        clientName: String? = nil,
        limits: RedisLimits = RedisLimits()
    ) throws {
        self.url = url
        self.limits = limits
        self.clientName = clientName
        guard url.isSecure else {
            tls = nil
            return
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let caFile { configuration.trustRoots = .certificates(try Self.authorities(caFile)) }
        tls = try NIOSSLContext(configuration: configuration)
    }

    /// A channel whose last handler is a `RedisConnection`, served by a `RedisCommander`.
    func connect(on eventLoop: any EventLoop) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(limits.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let name = url.isIPAddress ? nil : url.host
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: name)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    let connection = try RedisConnection(
                        address: url.description,
                        maximumReplyBytes: limits.maximumReplyBytes
                    )
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .connect(host: url.host, port: url.port)
            .flatMap { channel in greet(channel).map { channel } }
            .flatMapErrorThrowing { error in
                throw error as? RedisError
                    ?? RedisError.disconnected(address: url.description, reason: NetworkFailure.words(error))
            }
    }

    private func greet(_ channel: any Channel) -> EventLoopFuture<Void> {
        let greeting = greeting
        let promise = channel.eventLoop.makePromise(of: [RESPValue].self)
        let address = url.description
        do {
            let connection = try channel.pipeline.syncOperations.handler(type: RedisConnection.self)
            let commander = RedisCommander(connection, limits: limits, eventLoop: channel.eventLoop)
            // Closed before it had a consumer.
            guard channel.isActive else { throw ChannelError.eof }
            commander.send(try RedisBatch(greeting), promise)
        } catch {
            promise.fail(error)
        }
        return promise.futureResult
            .flatMapThrowing { replies in
                for (command, reply) in zip(greeting, replies) {
                    // A name is a courtesy, and a user may not be allowed to give one, nor to ask for the role.
                    guard case .error(let message) = reply, !["CLIENT", "HELLO"].contains(command.name) else {
                        continue
                    }
                    throw RedisError.refused(command: command.name, message: message)
                }
                let role = ServerRole(replies.dropLast().last)
                if role == .replica { throw RedisError.replica(address: address) }
                try channel.pipeline.syncOperations.handler(type: RedisConnection.self).tellsRole = role != nil
            }
            .flatMapErrorThrowing { error in
                channel.close(promise: nil)
                throw error
            }
    }

    /// The PING tells of a server that wants a password or is still loading.
    private var greeting: [RedisCommand] {
        var commands: [RedisCommand] = []
        if let password = url.password {
            var command = RedisCommand("AUTH")
            if let user = url.user { command.append(user) }
            command.append(password)
            commands.append(command)
        }
        if url.database != 0 { commands.append(RedisCommand("SELECT", String(url.database))) }
        if let clientName { commands.append(RedisCommand("CLIENT", "SETNAME", clientName)) }
        return commands + [ServerRole.question, RedisCommand("PING")]
    }

    private static func authorities(_ file: String) throws -> [NIOSSLCertificate] {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(file)
        } catch {
            throw StoreCertificateError(file: file, reason: NetworkFailure.words(error))
        }
        guard !certificates.isEmpty else { throw StoreCertificateError(file: file, reason: "it holds none") }
        return certificates
    }
}
