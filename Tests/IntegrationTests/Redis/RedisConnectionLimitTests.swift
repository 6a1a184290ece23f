import EdgeNode
import Logging
import Platform
import RedisStores
import TestSupport
import Testing

extension RedisIntegration {
    @Suite("Connections of a user are counted on all nodes together, in Redis")
    struct RedisConnectionLimitTests {
        private static let key = "t:leased:user-connections:{ann}"
        private static let ann = [ConnectionClaim(of: .user("ann"), limit: 1)]

        /// A node's counts, kept up while `body` runs.
        private static func withCounts(
            _ sets: RedisLeasedSets,
            lease: Duration = .seconds(5),
            _ log: CollectedLog = CollectedLog(),
            _ body: (SharedConnectionCounts) async throws -> Void
        ) async throws {
            let counts = SharedConnectionCounts(sets, lease: lease, logger: log.logger)
            let running = Task { await counts.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body(counts)) } catch { result = .failure(error) }
            running.cancel()
            await running.value
            await sets.close()
            try result.get()
        }

        /// At most as long as the test may take.
        private static func until(_ condition: () async throws -> Bool) async throws {
            while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
        }

        private struct Known: Admission {
            let principal: Principal
            func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? {
                .success(Admitted(principal))
            }
            func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> { .success(Admitted(principal)) }
        }

        /// Each step is the number of a node to connect to; with a minus one of its connections is closed, and with a plus it is
        /// tried until it is let in. Prints what became of each.
        private static let clients = """
            import sys, time
            from websockets.sync.client import connect
            from websockets.exceptions import InvalidStatus
            first, second, *steps = sys.argv[1:]
            urls = {"1": first, "2": second}
            kept = {"1": [], "2": []}
            def come(node):
                try:
                    kept[node].append(connect(urls[node], proxy=None, open_timeout=60))
                    return "101"
                except InvalidStatus as error:
                    return f"{error.response.status_code} {error.response.headers['Retry-After']}"
            for step in steps:
                node = step[-1]
                if step[0] == "-":
                    kept[node].pop().close()
                    print("left")
                    continue
                said = come(node)
                while step[0] == "+" and said != "101":
                    time.sleep(0.02)
                    said = come(node)
                print(said)
            """

        @Test func twoNodesShareALimit() async throws {
            try await RedisServer.with { server in
                let sets = [try server.leasedSets(), try server.leasedSets()]
                let configure = { (configuration: inout EdgeNode.Configuration, sets: RedisLeasedSets) in
                    configuration.admission = Known(principal: Principal(user: "ann"))
                    configuration.connectionsPerUser = 2
                    configuration.countConnections(in: sets, logger: CollectedLog().logger)
                }
                try await RunningNode.with {
                    configure(&$0, sets[0])
                } _: { one in
                    try await RunningNode.with {
                        configure(&$0, sets[1])
                    } _: { two in
                        let steps = ["1", "2", "1", "2", "-1", "+2", "1"]
                        let said = try await TestPython.run(Self.clients, [one.url, two.url] + steps)
                        #expect(said == ["101", "101", "429 10", "429 10", "left", "101", "429 10"])
                        // All have left with their program.
                        try await Self.until { try await server.command("EXISTS", Self.key).integer == 0 }
                    }
                }
                for sets in sets { await sets.close() }
            }
        }

        /// It is killed where its connection ends and it never says another word.
        @Test func aNodeThatIsKilledLeaksNothingBeyondItsLease() async throws {
            try await RedisServer.with { server in
                let dying = try server.leasedSets()
                try await Self.withCounts(dying) { dead in
                    try await Self.withCounts(try server.leasedSets()) { other in
                        guard case .taken = await dead.take(Self.ann) else {
                            Issue.record("no place for the first")
                            return
                        }
                        #expect(await other.take(Self.ann).isFull)
                        await dying.close()
                        try await Self.until { await !other.take(Self.ann).isFull }
                        #expect(try await server.command("ZCARD", Self.key).integer == 1)
                    }
                }
            }
        }

        @Test func whatANodeHasIsKeptForAsLongAsItLives() async throws {
            try await RedisServer.with { server in
                try await Self.withCounts(try server.leasedSets(), lease: .seconds(3)) { one in
                    guard case .taken(let seat) = await one.take(Self.ann) else {
                        Issue.record("no place for the first")
                        return
                    }
                    let first = try await Self.leaseEnd(server)
                    // So many renewals are more than a lease.
                    var last = first
                    for _ in 0..<4 {
                        try await Self.until { try await Self.leaseEnd(server) > last }
                        last = try await Self.leaseEnd(server)
                    }
                    #expect(last - first >= 3000)
                    seat.free()
                    try await Self.until { try await server.command("EXISTS", Self.key).integer == 0 }
                }
            }
        }

        private static func leaseEnd(_ server: RedisServer) async throws -> Int64 {
            let entries = try await server.command("ZRANGE", key, "0", "-1", "WITHSCORES").array ?? []
            return try #require(entries.last?.text.flatMap { Int64($0) })
        }

        @Test func whileRedisIsAwayEachNodeCountsAloneAndSaysSo() async throws {
            try await RedisServer.with { server in
                let log = CollectedLog()
                try await Self.withCounts(try server.leasedSets()) { one in
                    try await Self.withCounts(try server.leasedSets(), log) { two in
                        guard case .taken = await one.take(Self.ann) else {
                            Issue.record("no place for the first")
                            return
                        }
                        #expect(await two.take(Self.ann).isFull)
                        server.stop()
                        #expect(await !two.take(Self.ann).isFull)
                        #expect(await two.take(Self.ann).isFull, "its own count holds")
                        #expect(two.report.scope == .nodeForNow && two.report.takenAlone == 1)
                        _ = await log.line("counted on this node ALONE")

                        // It comes back with nothing, and is told all of it.
                        try await server.start()
                        _ = await log.line("counted on all nodes together again")
                        #expect(two.report.scope == .allNodes && two.report.takenAlone == 1)
                        try await Self.until { try await server.command("ZCARD", Self.key).integer == 2 }
                        try await Self.withCounts(try server.leasedSets()) { three in
                            #expect(await three.take(Self.ann).isFull)
                        }
                        #expect(log.lines.filter { $0.contains("connections of users and keys") }.count == 2)
                    }
                }
            }
        }

        /// What lies in its socket it does when it goes on, and nobody hears the answer.
        @Test func whoWasLetInWhileRedisStoodStillIsInTheSetOnce() async throws {
            try await RedisServer.with { server in
                let sets = try server.leasedSets { $0.commandTimeout = .seconds(1) }
                try await Self.withCounts(sets) { one in
                    guard case .taken(let bob) = await one.take([ConnectionClaim(of: .user("bob"), limit: 1)]) else {
                        Issue.record("no place for the first")
                        return
                    }
                    #expect(one.report.scope == .allNodes)
                    server.freeze()
                    guard case .taken(let seat) = await one.take(Self.ann) else {
                        Issue.record("the node's own count was not asked")
                        return
                    }
                    server.goOn()
                    try await Self.until { one.report.scope == .allNodes }
                    #expect(try await server.command("ZCARD", Self.key).integer == 1)
                    for seat in [seat, bob] { seat.free() }
                    let keys = (Self.key, "t:leased:user-connections:{bob}")
                    try await Self.until { try await server.command("EXISTS", keys.0, keys.1).integer == 0 }
                }
            }
        }
    }
}

extension ConnectionGrant {
    fileprivate var isFull: Bool { if case .full = self { true } else { false } }
}
