import Logging
import NIOCore
import Platform
import Stores
import Synchronization

/// Leased sets in Redis, by its clock. Any thread; must be closed.
///
/// It has a connection of its own, made when it is first needed, so that nobody who waits to be let in waits for Redis to send
/// a long read. A call that is not answered within two seconds fails, and while there is no connection it fails at once.
package final class RedisLeasedSets: LeasedSets {
    private static let patience = Duration.seconds(2)

    private enum Connection {
        case none
        case made(RedisClient)
        case closed
    }

    private let connection = Mutex(Connection.none)
    private let makeClient: @Sendable () -> RedisClient
    private let names: StoreNames

    package init(_ connector: RedisConnector, names: StoreNames, group: any EventLoopGroup, logger: Logger) {
        var connector = connector
        connector.limits.commandTimeout = min(connector.limits.commandTimeout, Self.patience)
        connector.limits.connectTimeout = min(connector.limits.connectTimeout, Self.patience)
        connector.limits.firstConnectionWait = min(connector.limits.firstConnectionWait, Self.patience)
        connector.limits.backoff = Backoff(
            initial: connector.limits.backoff.initial,
            maximum: min(connector.limits.backoff.maximum, .seconds(1)),
            multiplier: connector.limits.backoff.multiplier
        )
        self.names = names
        makeClient = { [connector] in
            RedisClient(connector, purpose: "leased sets", group: group, logger: logger)
        }
    }

    package func join(_ sets: [LeasedSetBound], as member: String, for lease: Duration) async throws -> LeasedJoin {
        guard !sets.isEmpty else { return .joined }
        var call = LeasedSetScripts.join.call(keys: sets.map { names.leasedSetKey($0.set) })
        call.append(Self.milliseconds(lease))
        call.append(member)
        for bound in sets { call.append(bound.maximum) }
        let reply = try await client().run(LeasedSetScripts.join, call)
        guard let number = reply.integer, (0...Int64(sets.count)).contains(number) else {
            throw Self.unexpected(reply)
        }
        return number == 0 ? .joined : .full(Int(number) - 1)
    }

    package func renew(_ memberships: [LeasedMembership], for lease: Duration) async throws {
        guard !memberships.isEmpty else { return }
        let (keys, numbers) = Self.numbered(memberships, names)
        var call = LeasedSetScripts.renew.call(keys: keys)
        call.append(Self.milliseconds(lease))
        Self.append(memberships, numbers, to: &call)
        _ = try await client().run(LeasedSetScripts.renew, call)
    }

    package func leave(_ memberships: [LeasedMembership]) async throws {
        guard !memberships.isEmpty else { return }
        let (keys, numbers) = Self.numbered(memberships, names)
        var call = LeasedSetScripts.leave.call(keys: keys)
        Self.append(memberships, numbers, to: &call)
        _ = try await client().run(LeasedSetScripts.leave, call)
    }

    package func members(of set: LeasedSetName, limit: Int) async throws -> [String] {
        var call = LeasedSetScripts.members.call(keys: [names.leasedSetKey(set)])
        call.append(max(0, limit))
        let reply = try await client().run(LeasedSetScripts.members, call)
        guard let members = reply.array else { throw Self.unexpected(reply) }
        return members.compactMap(\.text)
    }

    package func close() async {
        let made = connection.withLock { connection -> RedisClient? in
            defer { connection = .closed }
            if case .made(let client) = connection { return client }
            return nil
        }
        await made?.close()
    }

    private func client() throws -> RedisClient {
        try connection.withLock { connection in
            switch connection {
            case .made(let client): return client
            case .closed: throw RedisError.closed
            case .none:
                let client = makeClient()
                connection = .made(client)
                return client
            }
        }
    }

    /// Each set's key once, and the number of each set among them, from 1.
    private static func numbered(
        _ memberships: [LeasedMembership],
        _ names: StoreNames
    ) -> (keys: [String], numbers: [LeasedSetName: Int]) {
        var keys: [String] = []
        var numbers: [LeasedSetName: Int] = [:]
        for membership in memberships where numbers[membership.set] == nil {
            keys.append(names.leasedSetKey(membership.set))
            numbers[membership.set] = keys.count
        }
        return (keys, numbers)
    }

    private static func append(
        _ memberships: [LeasedMembership],
        _ numbers: [LeasedSetName: Int],
        to call: inout RedisCommand
    ) {
        for membership in memberships {
            call.append(numbers[membership.set] ?? 0)
            call.append(membership.member)
        }
    }

    private static func milliseconds(_ lease: Duration) -> Int { max(1, Int(lease / .milliseconds(1))) }

    private static func unexpected(_ reply: RESPValue) -> RedisError {
        .unexpectedReply(command: "EVALSHA", kind: reply.kindName)
    }
}
