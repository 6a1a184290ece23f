import Core
import Stores
import Testing

@Suite("Who sends to the inbox is told whether it is the broker that is away, or the leader", .timeLimit(.minutes(5)))
struct InboxClientTests {
    private static let silence = "it does not answer"
    private static let key = "0123456789abcdef0123456789abcdef"

    private static func outage(_ broker: ProbedBroker) async throws -> String? {
        let client = InboxClient(broker: broker, signer: try #require(ControlSigner(key)))
        try await client.listening(within: .seconds(200)) {
            // On a busy machine the first question may be over before it is asked.
            repeat {
                #expect(await client.ask(.hello, within: .milliseconds(50)) == nil)
            } while client.outage == silence
        }
        return client.outage
    }

    @Test func aBrokerThatTakesMessagesIsThere() async throws {
        #expect(try await Self.outage(ProbedBroker()) == nil)
    }

    @Test func oneThatTakesNoneIsAway() async throws {
        #expect(try await Self.outage(ProbedBroker(sendsUntilFailure: 0)) == "Failure()")
    }

    @Test func beforeAnythingWasSentItDoesNotAnswer() throws {
        let client = InboxClient(broker: ProbedBroker(), signer: try #require(ControlSigner(Self.key)))
        #expect(client.outage == Self.silence)
    }
}
