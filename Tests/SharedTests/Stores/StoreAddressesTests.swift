import Testing

@testable import Composition
@testable import NATSStores
@testable import Platform

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

    private func address(_ text: String, _ setting: String) -> StoreAddresses.Address {
        StoreAddresses.Address(text: text, setting: setting)
    }

    @Test func redisAloneIsAllThatIsNeeded() throws {
        let addresses = try addresses("redis://r")
        let redis = address("redis://r", "REDIS_URL")
        #expect(addresses.broker == .redis(redis))
        #expect(addresses.history == .redis(redis))
        #expect(addresses.lease == redis)
    }

    @Test func whatIsSetWinsOverRedis() throws {
        let split = try addresses("redis://r", "nats://n", "rediss://h")
        #expect(split.broker == .nats(address("nats://n", "BROKER_URL")))
        #expect(split.history == .redis(address("rediss://h", "HISTORY_URL")))
        #expect(split.lease?.text == "redis://r")
        #expect(try addresses(nil, "tls://n", "redis://h").lease?.text == "redis://h")
        #expect(try addresses(nil, "redis://b", "none").lease?.text == "redis://b")
        let alone = try addresses(nil, "nats://n", "none")
        #expect(alone.lease == nil)
        #expect(alone.history == .none)
    }

    @Test func whatIsWrongWithAnAddressIsSaidWithItsSetting() {
        let broker = address("nats://", "BROKER_URL")
        #expect(
            throws: StoreAddressError(
                "BROKER_URL: a NATS address has a host name, and no path; "
                    + "give one like nats://host:4222 or nats://user:password@one:4222,two:4222"
            )
        ) {
            try broker.parse { try NATSConfiguration(address: $0) }
        }
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
