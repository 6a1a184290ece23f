import Logging
import NIOCore
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite("The auth service is asked once, left alone when it fails, and never lets anybody in by failing")
struct ServiceAuthenticatorTests {
    @Test func manyAtOnceAndLaterAreOneQuestion() async throws {
        let service = Service(.held)
        let authenticator = service.authenticator()
        #expect(authenticator.recognise(.token("t"), at: WallClock.milliseconds()) == nil)
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<1000 { group.addTask { try await Self.ask(authenticator, .token("t")).get().user } }
            try await service.until { service.asked == 1 }
            service.answer = .text(200, #"{"user":"u"}"#)
            for try await user in group { #expect(user == "u") }
        }
        let known = try authenticator.recognise(.token("t"), at: WallClock.milliseconds())?.get()
        #expect(known?.user == "u")
        let later = try await Self.ask(authenticator, .token("t")).get()
        #expect(later === known)
        #expect(service.asked == 1)
        _ = await Self.ask(authenticator, .apiKey("t"))
        #expect(service.asked == 2)
    }

    /// Each of many at the same time is asked about, and no more at a time than it takes.
    @Test func manyCredentialsWaitTheirTurn() async throws {
        let service = Service(.text(200, #"{"user":"u"}"#))
        let authenticator = service.authenticator()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<1000 { group.addTask { _ = await Self.ask(authenticator, .token("t\(number)")) } }
        }
        #expect(service.asked == 1000 && service.mostAtOnce <= 64)
    }

    /// Of a hundred that came before their turn and have left, none is asked about; of two who wait for one answer, one may leave.
    @Test func whoHasLeftIsNotAskedAbout() async throws {
        let service = Service(.held)
        let authenticator = service.authenticator()
        let busy = (0..<64).map { number in Task { await Self.ask(authenticator, .token("busy\(number)")) } }
        try await service.until { service.asked == 64 }
        let leaving = (0..<100).map { number in Task { await Self.ask(authenticator, .token("gone\(number)")) } }
        let staying = Task { await Self.ask(authenticator, .token("shared")) }
        try await service.until { authenticator.questions == 165 }
        let other = Task { await Self.ask(authenticator, .token("shared")) }
        for task in leaving + [other, busy[0]] { task.cancel() }
        // While the service answers nobody.
        for task in leaving { _ = await task.value }
        #expect(authenticator.questions == 65)
        // Who comes back is a new question.
        let back = Task { await Self.ask(authenticator, .token("gone0")) }
        try await service.until { authenticator.questions == 66 }
        service.answer = .text(200, #"{"user":"u"}"#)
        for task in busy + [staying, back] { #expect(try await task.value.get().user == "u") }
        #expect(service.asked == 66 && authenticator.questions == 0)
    }

    @Test func aRefusalIsARefusal() async {
        let service = Service(.text(401, #"{"reason":"closed"}"#))
        let authenticator = service.authenticator()
        #expect(Self.failure(await Self.ask(authenticator, .token("t"))) == .refused(reason: "closed", isOurs: false))
    }

    /// A service that repeats what it was asked about does not bring it into a log.
    @Test func aReasonWithTheCredentialInItIsNotRepeated() async {
        let service = Service(.text(403, #"{"reason":"nobody knows hunter2"}"#))
        let failure = Self.failure(await Self.ask(service.authenticator(), .apiKey("hunter2")))
        #expect(failure == .refused(reason: "the credential is not good", isOurs: false))
    }

    /// As `sha256sum` has it of the token's text.
    @Test func itIsKnownByTheDigestThatItIsRevokedBy() async throws {
        let service = Service(.text(200, #"{"user":"u"}"#))
        let principal = try await Self.ask(service.authenticator(), .token("abc")).get()
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(principal.credential == .vouched(digest: digest))
    }

    @Test func whatIsOverAlreadyIsNotLetIn() async {
        let service = Service(.text(200, #"{"user":"u","expires":1000}"#))
        let failure = Self.failure(await Self.ask(service.authenticator(), .token("t")))
        #expect(failure == .refused(reason: "the credential has expired"))
    }

    @Test func whoShowsABookIsRefusedAndNobodyIsAsked() async {
        let service = Service(.text(200, #"{"user":"u"}"#))
        let authenticator = service.authenticator()
        let long = Credential.token(String(repeating: "x", count: ServiceAuthenticator.longestCredential + 1))
        for outcome in [authenticator.recognise(long, at: 0), await Self.ask(authenticator, long)] {
            guard case .refused? = outcome.flatMap(Self.failure) else {
                Issue.record("it is not refused")
                return
            }
        }
        #expect(service.asked == 0)
    }

    /// 503 and never 401; after so many failures in a row it is not asked for a while, and then once.
    @Test(arguments: [Service.Answer.text(500, ""), .text(200, "{}"), .failure])
    func aServiceThatFailsIsLeftAlone(answer: Service.Answer) async throws {
        let service = Service(answer)
        let wait = Backoff(initial: .seconds(3600), maximum: .seconds(3600), multiplier: 1)
        let authenticator = service.authenticator(CircuitBreaker(threshold: 3, waits: wait))
        for number in 0..<20 {
            guard case .unavailable(let seconds)? = Self.failure(await Self.ask(authenticator, .token("t\(number)")))
            else {
                Issue.record("it is not said that the service is away")
                return
            }
            #expect(number < 2 ? seconds == 1 : (1800...3600).contains(seconds))
        }
        #expect(service.asked == 3)
    }

    @Test func aServiceThatIsBackIsAskedAgain() async throws {
        let service = Service(.failure)
        let wait = Backoff(initial: .milliseconds(20), maximum: .milliseconds(20), multiplier: 1)
        let authenticator = service.authenticator(CircuitBreaker(threshold: 1, waits: wait))
        #expect(Self.failure(await Self.ask(authenticator, .token("t"))) == .unavailable(retryAfter: 1))
        service.answer = .text(200, #"{"user":"u"}"#)
        try await service.until {
            if case .success = await Self.ask(authenticator, .token("t")) { true } else { false }
        }
    }

    @Test func itsWishToBeLeftAloneIsPassedOn() async {
        let service = Service(.busy(seconds: 30))
        #expect(Self.failure(await Self.ask(service.authenticator(), .token("t"))) == .unavailable(retryAfter: 30))
    }

    private static func ask(_ authenticator: ServiceAuthenticator, _ credential: Credential) async
        -> ServiceAuthenticator.Outcome
    {
        let origin = CredentialOrigin(address: "192.0.2.7", origin: nil, path: "/ws")
        return await authenticator.authenticate(credential, of: origin, at: WallClock.milliseconds())
    }

    private static func failure(_ outcome: ServiceAuthenticator.Outcome) -> AuthenticationFailure? {
        if case .failure(let failure) = outcome { failure } else { nil }
    }

    /// A service without a network.
    final class Service: Sendable {
        enum Answer: Sendable {
            case text(Int, String)
            case busy(seconds: Int)
            case failure
            /// Not before there is another answer.
            case held
        }

        private struct State {
            var answer: Answer
            var asked = 0
            var now = 0
            var mostAtOnce = 0
        }

        private struct Away: Error {}

        private let state: Mutex<State>

        init(_ answer: Answer) { state = Mutex(State(answer: answer)) }

        var answer: Answer {
            get { state.withLock(\.answer) }
            set { state.withLock { $0.answer = newValue } }
        }

        var asked: Int { state.withLock(\.asked) }
        var mostAtOnce: Int { state.withLock(\.mostAtOnce) }

        func authenticator(_ breaker: CircuitBreaker = CircuitBreaker()) -> ServiceAuthenticator {
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            return ServiceAuthenticator(cacheTime: .seconds(60), breaker: breaker, logger: quiet) { _ in
                try await self.ask()
            }
        }

        func until(_ condition: () async throws -> Bool) async throws {
            let deadline = ContinuousClock.now + .seconds(300)
            while try await !condition() {
                try #require(ContinuousClock.now < deadline)
                try await EdgeFixture.pause()
            }
        }

        private func ask() async throws -> HTTPGet.Answer {
            state.withLock { state in
                state.asked += 1
                state.now += 1
                state.mostAtOnce = max(state.mostAtOnce, state.now)
            }
            defer { state.withLock { $0.now -= 1 } }
            await Task.yield()
            while case .held = answer { try await EdgeFixture.pause() }
            switch answer {
            case .text(let status, let text): return HTTPGet.Answer(status: status, body: ByteBuffer(string: text))
            case .busy(let seconds):
                return HTTPGet.Answer(status: 429, retryAfter: .seconds(seconds), body: ByteBuffer())
            case .failure, .held: throw Away()
            }
        }
    }
}
