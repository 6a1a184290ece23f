import BybitCatalog
import Core
import NIOCore
import Platform
import Stores
import Synchronization
import Testing

@testable import Ingestor

@Suite("What is published by hand is numbered once, kept, and then acknowledged", .timeLimit(.minutes(5)))
struct InboxTests {
    private static let key = "0123456789abcdef0123456789abcdef"
    private let signer: ControlSigner
    private let catalog: any StreamCatalog
    private let orders: StreamName

    init() throws {
        signer = try #require(ControlSigner(Self.key))
        catalog = CompositeCatalog([
            BybitCatalog(),
            PatternCatalog([
                StreamKind(try StreamPattern("alerts.{word}"), .event),
                StreamKind(try StreamPattern("board.{word}"), .latest),
                StreamKind(try StreamPattern("typing.{word}"), .transient),
            ]),
        ])
        orders = try StreamName(canonical: "orders.u1")
    }

    /// Runs `body` with a client of an ingestor that leads in this epoch.
    private func with(
        epoch: UInt64 = 7,
        outlet: (any PublicationOutlet)? = nil,
        _ body: (IngestorFixture, InboxClient, ScriptedTerm) async throws -> Void
    ) async throws {
        try await IngestorFixture.run(outlet: outlet, catalog: catalog, control: signer) { fixture in
            let term = fixture.leadership.grant(epoch: epoch)
            let client = InboxClient(broker: fixture.broker, signer: signer)
            let heard: Void? = try await client.listening(within: .seconds(60)) {
                #expect(await client.ask(.hello, within: .seconds(60)) == .leads(epoch: epoch))
                try await body(fixture, client, term)
            }
            #expect(heard != nil)
        }
    }

    private func publish(
        _ client: InboxClient,
        _ stream: String,
        _ data: String = "{}",
        epoch: UInt64 = 7,
        isSnapshot: Bool = false,
        within limit: Duration = .seconds(60)
    ) async -> InboxAnswer.Outcome? {
        let data = ByteBuffer(string: data)
        let message = InboxPublication(stream: stream, epoch: epoch, isSnapshot: isSnapshot, data: data)
        return await client.ask(.publish(message), within: limit)
    }

    @Test func itIsKeptThoughNobodyWantsIt() async throws {
        try await with { fixture, client, _ in
            for number in 1...3 {
                let outcome = await publish(client, "orders.u1", #"{"n":\#(number)}"#)
                #expect(outcome == .published(Position(epoch: 7, sequence: UInt64(number))))
            }
            let log = try await fixture.log(orders)
            #expect(log.map { String(buffer: $0.data) } == [#"{"n":1}"#, #"{"n":2}"#, #"{"n":3}"#])
            #expect(log.allSatisfy { $0.kind == .update && !$0.isSimulated })
            #expect(fixture.ingestor.inboxCounters?.published.get() == 3)
        }
    }

    @Test func ofAStreamWithStateTheFirstIsASnapshot() async throws {
        try await with { fixture, client, _ in
            for _ in 1...2 { _ = await publish(client, "board.x") }
            _ = await publish(client, "board.x", isSnapshot: true)
            let log = try await fixture.log(try StreamName(canonical: "board.x"))
            #expect(log.map(\.kind) == [.snapshot, .update, .snapshot])
        }
    }

    @Test func whatMayNotBePublishedIsRefusedWithTheReason() async throws {
        let cases:
            [(stream: String, data: String, epoch: UInt64, isSnapshot: Bool, code: InboxRefusal, words: String)] = [
                ("nothing.x", "{}", 7, false, .unknownStream, "'nothing.x' is no stream of this gateway"),
                ("orders", "{}", 7, false, .unknownStream, "'orders' is no stream"),
                ("orders.*", "{}", 7, false, .unknownStream, "'orders.*' is no stream"),
                ("ticker.BTCUSDT", "{}", 7, false, .notPublishable, "comes from the exchange"),
                ("typing.x", "{}", 7, false, .notPublishable, "is of class transient"),
                ("alerts.x", "{}", 7, true, .notPublishable, "is of class event"),
                ("orders.u1", "{}", 6, false, .otherLeader, "another leads"),
                ("orders.u1", "\"\(String(repeating: "x", count: 256 << 10))\"", 7, false, .invalidData, "are taken"),
            ]
        try await with { fixture, client, _ in
            for (stream, data, epoch, isSnapshot, code, words) in cases {
                let outcome = await publish(client, stream, data, epoch: epoch, isSnapshot: isSnapshot)
                guard case .refused(code, let reason) = outcome else {
                    Issue.record("\(stream): \(String(describing: outcome))")
                    continue
                }
                #expect(reason.contains(words), "\(reason)")
            }
            #expect(fixture.ingestor.inboxCounters?.refused.get() == cases.count)
            let log = try await fixture.log(orders)
            #expect(log.isEmpty)
        }
    }

    @Test func theSameMessageAgainIsAnsweredAgainAndNotNumbered() async throws {
        try await with { fixture, client, _ in
            // From then on it listens.
            #expect(await client.ask(.hello, within: .seconds(60)) == .leads(epoch: 7))
            let message = InboxPublication(stream: "orders.u1", epoch: 7, data: ByteBuffer(string: "{}"))
            let body = InboxRequest.publish(message).encoded
            let now = WallClock.milliseconds()
            let bytes = signer.sign(body, for: .inbox, at: now)
            let ear = AnswerEar(signer)
            let subscriber = fixture.broker.attach(ear)
            try await subscriber.listen(on: .inboxAnswers)
            for count in 1...3 {
                try await fixture.broker.send(bytes, on: .inbox)
                try await eventually { ear.outcomes.count { $0 != .leads(epoch: 7) } == count }
            }
            let first = InboxAnswer.Outcome.published(Position(epoch: 7, sequence: 1))
            // A question that was asked again is answered again.
            #expect(ear.outcomes.filter { $0 != .leads(epoch: 7) } == [first, first, first])
            #expect(try await fixture.log(orders).count == 1)
            // The question of the beginning may have come twice too.
            #expect((2...).contains(fixture.ingestor.inboxCounters?.repeated.get() ?? 0))
            #expect(await publish(client, "orders.u1") == .published(Position(epoch: 7, sequence: 2)))
            await subscriber.close()
        }
    }

    @Test func whatIsNotSignedOrTooOldIsCountedAndNotAnswered() async throws {
        try await with { fixture, client, _ in
            let foreign = try #require(ControlSigner("another key of thirty-two bytes.."))
            let body = InboxRequest.hello.encoded
            let now = WallClock.milliseconds()
            let ear = AnswerEar(signer)
            let subscriber = fixture.broker.attach(ear)
            try await subscriber.listen(on: .inboxAnswers)
            let messages = [
                body, ByteBuffer(string: "nonsense"), foreign.sign(body, for: .inbox, at: now),
                signer.sign(body, for: .inbox, at: now - 3_600_000), signer.sign(body, for: .revocations, at: now),
            ]
            // From then on it listens.
            #expect(await client.ask(.hello, within: .seconds(60)) == .leads(epoch: 7))
            for message in messages { try await fixture.broker.send(message, on: .inbox) }
            #expect(await client.ask(.hello, within: .seconds(60)) == .leads(epoch: 7))
            #expect(fixture.ingestor.inboxCounters?.unsigned.get() == messages.count)
            // A question that was asked again is answered again.
            #expect(Set(ear.outcomes) == [.leads(epoch: 7)])
            await subscriber.close()
        }
    }

    @Test func itIsAcknowledgedOnlyWhenItIsKept() async throws {
        let outlet = ScriptedOutlet(failures: Array(repeating: ScriptedOutlet.Failure(), count: 3))
        try await with(outlet: outlet) { _, client, _ in
            #expect(await publish(client, "orders.u1") == .published(Position(epoch: 7, sequence: 1)))
            #expect(outlet.attempts.count == 4 && outlet.delivered.count == 1)
        }
    }

    @Test func whatIsDroppedWithTheTermIsSaidToBeLost() async throws {
        let outlet = ScriptedOutlet()
        outlet.fail(1_000_000)
        try await with(outlet: outlet) { fixture, client, term in
            async let outcome = publish(client, "orders.u1")
            try await eventually { !outlet.attempts.isEmpty }
            term.end("another leads")
            #expect(await outcome == .lost)
            #expect(fixture.ingestor.inboxCounters?.lost.get() == 1)
        }
    }

    @Test func theNextTermGoesOnBehindWhatOthersWroteAndTakesNothingOfTheLast() async throws {
        try await with { fixture, client, term in
            #expect(await publish(client, "orders.u1") == .published(Position(epoch: 7, sequence: 1)))
            term.end("another leads")
            try await eventually { fixture.ingestor.state.role == .standby }
            let foreign = Publication(
                stream: orders,
                position: Position(epoch: 8, sequence: 2),
                kind: .update,
                exchangeTime: 0,
                ingestTime: 0
            )
            try await fixture.history.append([foreign])
            _ = fixture.leadership.grant(epoch: 9)
            #expect(await client.ask(.hello, within: .seconds(60)) == .leads(epoch: 9))
            guard case .refused(.otherLeader, _) = await publish(client, "orders.u1", epoch: 7) else {
                Issue.record("a message for the last term was taken")
                return
            }
            #expect(await publish(client, "orders.u1", epoch: 9) == .published(Position(epoch: 9, sequence: 3)))
        }
    }

    @Test func aStreamThatNodesWantIsServedAndNotRefused() async throws {
        try await with { fixture, client, _ in
            let collector = BatchEar()
            let subscriber = fixture.broker.attach(collector)
            try await subscriber.subscribe(to: orders)
            fixture.want(orders)
            for number in 1...3 {
                let outcome = await publish(client, "orders.u1")
                #expect(outcome == .published(Position(epoch: 7, sequence: UInt64(number))))
            }
            try await eventually { collector.publications.count >= 3 }
            #expect(collector.publications.map(\.kind) == [.update, .update, .update])
            await subscriber.close()
        }
    }

    @Test func withoutAKeyNothingIsTaken() async throws {
        try await IngestorFixture.run(catalog: catalog) { fixture in
            _ = fixture.leadership.grant(epoch: 7)
            let client = InboxClient(broker: fixture.broker, signer: signer)
            let answer: InboxAnswer.Outcome?? = try await client.listening(within: .seconds(60)) {
                try await eventually { client.hasHeardLeader }
                return await client.ask(.hello, within: .milliseconds(50))
            }
            #expect(answer == .some(nil))
            #expect(fixture.ingestor.inboxCounters == nil)
        }
    }
}
