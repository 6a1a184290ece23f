import Testing

@testable import Shared

@Suite struct StoreAddressesTests {
    private typealias Addresses = StoreAddresses

    private func addresses(
        _ redis: String? = nil,
        _ broker: String? = nil,
        _ history: String? = nil,
        _ program: Program = .edgeNode
    ) throws -> StoreAddresses {
        try StoreAddresses(redis: redis, broker: broker, history: history, for: program)
    }

    @Test func redisAloneIsAllThatIsNeeded() throws {
        let addresses = try addresses("redis://r")
        #expect(addresses.broker == .redis("redis://r"))
        #expect(addresses.history == .redis("redis://r"))
        #expect(addresses.lease == "redis://r")
    }

    @Test func whatIsSetWinsOverRedis() throws {
        let split = try addresses("redis://r", "nats://n", "rediss://h")
        #expect(split.broker == .nats("nats://n"))
        #expect(split.history == .redis("rediss://h"))
        #expect(split.lease == "redis://r")
        #expect(try addresses(nil, "tls://n", "redis://h").lease == "redis://h")
        #expect(try addresses(nil, "redis://b", "none").lease == "redis://b")
        let alone = try addresses(nil, "nats://n", "none")
        #expect(alone.lease == nil)
        #expect(alone.history == .none)
    }

    @Test func onlyTheStandaloneProcessDoesWithoutAndInMemory() throws {
        for memory in [nil, "memory:"] {
            let standalone = try addresses(nil, memory, memory, .standalone)
            #expect(standalone.broker == .memory)
            #expect(standalone.history == .memory)
            for program in [Program.ingestor, .edgeNode] {
                #expect(throws: StoreAddressError.self) { try addresses(nil, memory, "none", program) }
                #expect(throws: StoreAddressError.self) { try addresses(nil, "nats://n", memory, program) }
            }
        }
    }

    @Test func whatIsMissingIsNamed() {
        #expect { try addresses() } throws: { "\($0)".hasPrefix("BROKER_URL is not set, nor REDIS_URL") }
        #expect { try addresses(nil, "nats://n") } throws: { "\($0)".hasPrefix("HISTORY_URL is not set") }
    }
}
