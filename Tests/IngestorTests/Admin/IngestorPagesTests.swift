import Core
import NIOCore
import NIOHTTP1
import Platform
import Stores
import Testing

@testable import Ingestor

@Suite("The ingestor's pages say what is wrong, of a leader and of a standby")
struct IngestorPagesTests {
    private static func state(
        _ role: IngestorState.Role,
        _ change: (inout IngestorState) -> Void = { _ in }
    ) -> IngestorState {
        var state = IngestorState()
        state.isRunning = true
        state.role = role
        if role != .standby { state.upstream.isConnected = true }
        change(&state)
        return state
    }

    private static let leader = IngestorState.Role.leader(epoch: 7)

    @Test func aLeaderThatDeliversIsHealthy() {
        let reply = IngestorHealthPage.reply(Self.state(Self.leader), of: "i-1")
        #expect(reply.status == .ok)
        #expect(
            String(buffer: reply.body)
                == #"{"status":"healthy","id":"i-1","role":"leader","epoch":7,"broker":"connected","history":"connected","#
                + #""breaker":"closed","upstream":"connected"}"#
        )
    }

    @Test func aStandbyNeedsOnlyItsStores() {
        let reply = IngestorHealthPage.reply(Self.state(.standby) { $0.history = .unused }, of: "i-1")
        #expect(reply.status == .ok)
        #expect(
            String(buffer: reply.body)
                == #"{"status":"healthy","id":"i-1","role":"standby","broker":"connected","history":"unused","breaker":"closed","#
                + #""upstream":"unused"}"#
        )
    }

    @Test(
        arguments: [
            (state(leader) { $0.upstream.isConnected = false }, "the exchange is disconnected", true),
            (
                state(leader) { $0.upstream.unreadable = UnreadableTopics(count: 1, examples: ["tickers.X"]) },
                "1 topic of the exchange sends nothing that can be read: tickers.X", true
            ),
            (
                state(leader) { $0.breaker = "open" },
                "publications can't be delivered: the circuit breaker is open", true
            ),
            (
                state(leader) {
                    $0.breaker = "open"
                    $0.deliveryProblem = "Redis refused EVALSHA: OOM x"
                },
                "publications can't be delivered: the circuit breaker is open: Redis refused EVALSHA: OOM x", true
            ),
            (
                state(leader) { $0.broker = .disconnected(reason: "no route") }, "the broker is disconnected: no route",
                false
            ),
            (state(.standby) { $0.history = .disconnected(reason: "x") }, "the history is disconnected: x", false),
            (
                state(.standby) { $0.leadershipProblem = "Redis refused EVALSHA: MISCONF x" },
                "the leader's lease can't be asked for: Redis refused EVALSHA: MISCONF x", false
            ),
            (state(leader) { $0.isRunning = false }, "starting or stopping", false),
        ] as [(IngestorState, String, Bool)]
    )
    func aPartThatIsWrongIsNamed(_ state: IngestorState, _ reason: String, isReady: Bool) throws {
        let health = IngestorHealthPage.reply(state, of: "i-1")
        #expect(health.status == .serviceUnavailable)
        let page = try Parsed.object(String(buffer: health.body))
        #expect(page["status"] as? String == "degraded" && page["reason"] as? String == reason)
        let ready = IngestorReadyPage.reply(state)
        #expect(ready.status == (isReady ? .ok : .serviceUnavailable))
        let told = try Parsed.object(String(buffer: ready.body))
        #expect(told["ok"] as? Bool == isReady && told["reason"] as? String == (isReady ? nil : reason))
    }

    @Test func streamsThatCannotBeKeptAreNamed() throws {
        let streams = try ["trade.B", "trade.A"].map { try StreamName(canonical: $0) }
        let state = Self.state(Self.leader) { state in
            for stream in streams { state.unusableLogs[stream] = "WRONGTYPE" }
        }
        let page = try Parsed.object(String(buffer: IngestorHealthPage.reply(state, of: "i-1").body))
        #expect(page["reason"] as? String == "the log of trade.A (and 1 more) can't be used: WRONGTYPE")
        #expect(IngestorReadyPage.reply(state).status == .ok)
    }

    @Test func severalWrongPartsAreAllNamed() throws {
        let state = Self.state(Self.leader) {
            $0.broker = .disconnected(reason: "a")
            $0.upstream.isConnected = false
        }
        let page = try Parsed.object(String(buffer: IngestorHealthPage.reply(state, of: "i-1").body))
        #expect(page["reason"] as? String == "the broker is disconnected: a; the exchange is disconnected")
    }
}
