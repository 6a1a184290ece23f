import NIOCore

/// The lease in Redis as one candidate sees it: under one name, which no other candidate ever has.
struct LeaderLease: Sendable {
    enum Renewal: Hashable {
        case renewed
        case gone
        case taken
    }

    let client: RedisClient
    let names: StoreNames
    let name: String
    let duration: Duration

    private var milliseconds: String { "\(Int(duration / .milliseconds(1)))" }

    /// The new term; nil where another leads.
    func acquire() async throws -> UInt64? {
        var call = LeaseScripts.acquire.call(keys: [names.leaderKey, names.termKey])
        call.append(name)
        call.append(milliseconds)
        let reply = try await client.run(LeaseScripts.acquire, call)
        if case .null = reply { return nil }
        guard let term = reply.text.flatMap({ UInt64($0) }) else { throw unexpected(reply) }
        return term
    }

    func renew() async throws -> Renewal {
        var call = LeaseScripts.renew.call(keys: [names.leaderKey])
        call.append(name)
        call.append(milliseconds)
        let reply = try await client.run(LeaseScripts.renew, call)
        switch reply {
        case .integer(0): return .gone
        case .integer(1): return .renewed
        case .integer(2): return .taken
        default: throw unexpected(reply)
        }
    }

    func resign() async throws {
        var call = LeaseScripts.resign.call(keys: [names.leaderKey])
        call.append(name)
        _ = try await client.run(LeaseScripts.resign, call)
    }

    private func unexpected(_ reply: RESPValue) -> RedisError {
        .unexpectedReply(command: "EVALSHA", kind: reply.kindName)
    }
}
