import NIOCore
import Stores

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

    /// What Redis answered to `acquire`.
    struct Answer {
        /// Redis's clock.
        let milliseconds: Int64
        /// Nil where another leads.
        var epoch: UInt64?
        var previous: UInt64?
    }

    private var milliseconds: String { "\(Int(duration / .milliseconds(1)))" }

    /// - Parameters:
    ///   - deadline: When nobody waits for the answer any more, by Redis's clock; nil where that is not known.
    ///   - last: The name under which this process led last. A lease that it could not give up is its own, and in nobody's way.
    func acquire(before deadline: Int64?, after last: String?) async throws -> Answer {
        var call = LeaseScripts.acquire.call(keys: [names.leaderKey, names.termKey])
        call.append(name)
        call.append(milliseconds)
        call.append(deadline.map(String.init) ?? "")
        call.append(last ?? "")
        let reply = try await client.run(LeaseScripts.acquire, call)
        let words = reply.array?.map(\.text) ?? []
        guard let now = words.first.flatMap({ $0.flatMap { Int64($0) } }) else { throw unexpected(reply) }
        guard words.count == 3 else { return Answer(milliseconds: now) }
        guard let epoch = words[1].flatMap({ UInt64($0) }) else { throw unexpected(reply) }
        return Answer(milliseconds: now, epoch: epoch, previous: words[2].flatMap { UInt64($0) })
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
