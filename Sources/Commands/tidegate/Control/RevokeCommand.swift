import ArgumentParser
import Composition
import EdgeNode
import NIOCore
import Platform
import Stores

/// `tidegate revoke`: takes back what was given to a user, one token, or one key.
struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Close the connections of a user, a token or a key on all nodes, and let them in no more.",
        discussion: """
            Signed under CONTROL_KEY and sent over the broker, so give the settings that the gateway has (BROKER_URL or \
            REDIS_URL, BRAND, CONTROL_KEY). Connections are closed with 4403 within a second. With --user all credentials \
            that were made before now, or do not say when they were, are refused; a token made later is taken. A JWT may be \
            given whole: it is not sent, only its SHA-256 and its claim jti are. It is \
            remembered in Redis for --for, so that nodes which start later know it. Ends with status 0 when the broker has \
            it and it is remembered, where there is a Redis; 1: the broker or Redis can't be reached; 2: wrong settings.
            """
    )

    @Option(help: "A user, as tokens name it.")
    var user: String?

    @Option(help: "A token's claim jti, SHA-256 of its text in hexadecimal, or a whole JWT.")
    var token: String?

    @Option(help: "The id of an API key's entry in the document, not the key.")
    var key: String?

    @Option(
        name: .customLong("for"),
        help: "For how long: 90s, 30m, 24h, 7d. As long as what is revoked would be good."
    )
    var lifetime: Lifetime?

    func validate() throws {
        guard [user, token, key].compactMap(\.self).count == 1 else {
            throw ValidationError("give one of --user, --token and --key")
        }
        do {
            _ = try subjects
        } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() async throws {
        try await ControlConnection.run("revoke") { try await revoke(over: $0) }
    }

    private func revoke(over connection: ControlConnection) async throws {
        let now = WallClock.milliseconds()
        let lifetime = lifetime?.milliseconds ?? Lifetime.standard(connection.settings)
        let revocations = try subjects.map { Revocation($0, at: now, until: now + lifetime) }
        for revocation in revocations {
            let message = connection.signer.sign(revocation.encoded, for: .revocations, at: now)
            try await send(message, over: connection.stores.broker)
        }
        print("sent to all nodes; a node that can't check it counts tidegate_revocations_refused_total")
        guard let memory = connection.stores.revocations else {
            print("there is no Redis: it is not remembered, and a node that starts later does not know it")
            return
        }
        do {
            for revocation in revocations { try await memory.remember(revocation) }
        } catch {
            throw ControlFailure.unreachable(
                "it is not remembered, so a node that starts later does not know it: \(error); run it again"
            )
        }
        print("remembered for \(lifetime / 1000) s")
    }

    /// Several for a JWT that was given whole.
    private var subjects: [Revocation.Subject] {
        get throws(RevocationTarget.Refused) {
            if let user { return [try RevocationTarget.user(user)] }
            if let token { return try RevocationTarget.token(token) }
            return [try RevocationTarget.key(key ?? "")]
        }
    }

    /// The broker may not be connected yet.
    private func send(_ message: ByteBuffer, over broker: any Broker) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while true {
            do {
                return try await broker.send(message, on: .revocations)
            } catch {
                guard ContinuousClock.now < end else {
                    throw ControlFailure.unreachable(
                        "the broker can't be reached: \(error). It may not be revoked: run it again"
                    )
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
