import Glibc
import TestSupport
import Testing

/// The exchange goes away, and comes back.
@Suite struct OutageTests {
    private static let market = ["--symbols", "3", "--rate", "100"]

    @Test("The upstream connection is cut: state goes on, events get one gap notice")
    func drop() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(Self.market)
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: Scenario.withoutInstruments
            )
            try await scenario.run(client: "outage.py", [gateway.http, simulator.http, "drop"])
        }
    }

    @Test("The exchange is killed and another comes up at its port: /health tells, streams go on")
    func kill() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(Self.market)
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: Scenario.withoutInstruments
            )
            let client = try scenario.client("outage.py", [gateway.http, simulator.http, "kill"])
            try await client.line(containing: "steady", within: .seconds(20))
            simulator.process.signal(SIGKILL)
            #expect(try await simulator.process.exit() == .signal(SIGKILL))
            try await client.line(containing: "degraded")
            _ = try await scenario.simulator(Self.market, port: simulator.port)
            client.send(line: "a new simulator is there")
            try await scenario.succeeds(client)
        }
    }

    @Test("Garbage, oversized frames, restarted books and a stall of the exchange harm no stream")
    func faults() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(["--symbols", "3", "--rate", "50"])
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: ["BYBIT_PING_INTERVAL": "1", "BYBIT_PING_TIMEOUT": "0.5"]
            )
            try await scenario.run(client: "faults.py", [gateway.http, simulator.http])
        }
    }

    @Test("Five clients invent names, 150 ms from the exchange: honest streams come within seconds and none ends")
    func invented() async throws {
        try await Scenario.run { scenario in
            let simulator = try await scenario.simulator(["--symbols", "6", "--rate", "20"])
            let gateway = try await scenario.gateway(
                upstream: simulator.exchange,
                environment: Scenario.withoutInstruments
            )
            try await scenario.run(client: "invented.py", [gateway.http, simulator.http])
        }
    }
}
