import Logging
import NIOCore
import NIOSSL
import Platform
import Synchronization

/// Has a service say who somebody is. Any thread.
///
/// Each credential is asked about once, however many connections show it at that time (one question for all) or later (the answer
/// is kept, `ServiceCache`), and not at all when nobody waits for it any more. So many questions at a time, the others wait. A service that fails again and again is left alone for
/// a while (`CircuitBreaker`). While it can't be asked nobody is let in, and nobody is told that a credential is wrong.
package final class ServiceAuthenticator: Authenticator {
    package typealias Outcome = Result<Principal, AuthenticationFailure>

    private struct State {
        var cache: ServiceCache
        var breaker: CircuitBreaker
        /// Who comes beyond their bound is told to come again.
        var questions = OpenQuestions(capacity: ServiceAuthenticator.mostQuestions)
    }

    /// What is to be done about a credential.
    private enum Step {
        case known(Outcome)
        case asked(OpenQuestions.Question)
    }

    private static let questionsAtOnce = 64
    static let mostQuestions = 4096
    /// Said where a question was taken back: to nobody.
    private static let takenBack = Outcome.failure(.unavailable(retryAfter: 1))
    /// Longer ones are no credentials: nobody is asked about them.
    static let longestCredential = 16 << 10

    private let ask: @Sendable (ByteBuffer) async throws -> HTTPGet.Answer
    private let gate = AsyncGate(width: questionsAtOnce)
    private let logger: RateLimitedLogger
    private let state: Mutex<State>

    /// Nil where the settings name no service.
    package static func make(
        _ settings: ResolvedSettings,
        group: any EventLoopGroup,
        logger: Logger
    ) throws -> ServiceAuthenticator? {
        guard let url = settings[Settings.AuthService.url] else { return nil }
        let address = try HTTPAddress(url)
        let client = HTTPGet(
            group: group,
            timeout: TimeAmount(settings[Settings.AuthService.timeout]),
            maximumBodyBytes: maximumAnswerBytes,
            trustRoots: settings[Settings.AuthService.authoritiesFile].map { .file($0) } ?? .default
        )
        return ServiceAuthenticator(cacheTime: settings[Settings.AuthService.cacheTime], logger: logger) { body in
            try await client.ask(address.host, address.target, posting: body)
        }
    }

    private static let maximumAnswerBytes = 64 << 10

    init(
        cacheTime: Duration,
        capacity: Int = 100_000,
        breaker: CircuitBreaker = CircuitBreaker(
            threshold: 5,
            waits: Backoff(initial: .milliseconds(500), maximum: .seconds(10), multiplier: 2)
        ),
        logger: Logger,
        ask: @escaping @Sendable (ByteBuffer) async throws -> HTTPGet.Answer
    ) {
        let (seconds, attoseconds) = cacheTime.components
        let lifetime = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        state = Mutex(State(cache: ServiceCache(lifetime: lifetime, capacity: capacity), breaker: breaker))
        self.logger = RateLimitedLogger(logger)
        self.ask = ask
    }

    /// Whatever it is, the service may know it.
    package func takes(_ credential: Credential) -> Bool { true }

    package func recognise(_ credential: Credential, at now: Int64) -> Outcome? {
        guard credential.text.utf8.count <= Self.longestCredential else {
            return .failure(.refused(reason: "the credential is longer than \(Self.longestCredential) bytes"))
        }
        let digest = ServiceQuestion.digest(of: credential)
        return state.withLock { $0.cache.outcome(of: digest, at: now) }
    }

    /// Cancelled, it takes its question back, unless that has gone out or somebody else waits for it too. One that has gone out goes on
    /// to its end, which the time for it bounds: its answer is kept.
    package func authenticate(
        _ credential: Credential,
        of origin: CredentialOrigin,
        at now: Int64
    ) async -> Outcome {
        guard credential.text.utf8.count <= Self.longestCredential else {
            return .failure(.refused(reason: "the credential is longer than \(Self.longestCredential) bytes"))
        }
        let digest = ServiceQuestion.digest(of: credential)
        let body = ServiceQuestion(credential: credential, origin: origin).body
        let step = state.withLock { state -> Step in
            if let known = state.cache.outcome(of: digest, at: now) { return .known(known) }
            if let question = state.questions.join(digest) { return .asked(question) }
            let question = state.questions.open(digest) { number in
                Task { [self] in await takeTurn(number, about: digest, credential, body) }
            }
            return question.map(Step.asked) ?? .known(.failure(.unavailable(retryAfter: 1)))
        }
        switch step {
        case .known(let outcome): return outcome
        case .asked(let question):
            return await withTaskCancellationHandler {
                await question.task.value
            } onCancel: {
                state.withLock { $0.questions.leave(digest, question.number) }?.cancel()
            }
        }
    }

    /// Questions that wait or have gone out.
    var questions: Int { state.withLock(\.questions.count) }

    /// Waits its turn, and asks.
    private func takeTurn(
        _ number: Int,
        about digest: CredentialDigest,
        _ credential: Credential,
        _ body: ByteBuffer
    ) async -> Outcome {
        let outcome = await gate.passUnlessCancelled {
            guard state.withLock({ $0.questions.goOut(digest, number) }) else { return Self.takenBack }
            return await answer(to: body, about: digest, credential)
        }
        return outcome ?? Self.takenBack
    }

    /// - Parameter digest: By which the answer is kept.
    private func answer(
        to body: ByteBuffer,
        about digest: CredentialDigest,
        _ credential: Credential
    ) async -> Outcome {
        // It may have waited long enough for the service to be given up.
        guard state.withLock({ $0.breaker.admits(at: .now()) }) else {
            return finish(digest, .failure(.unavailable(retryAfter: retryAfter)))
        }
        do {
            // By its digest it is revoked.
            switch ServiceAnswer(try await ask(body), to: CredentialDigest(of: credential.text).hexadecimal) {
            case .principal(let principal):
                let isOver = principal.expiresAt.map { $0 <= WallClock.milliseconds() } ?? false
                let outcome: Outcome =
                    isOver ? .failure(.refused(reason: "the credential has expired")) : .success(principal)
                return finish(digest, outcome, isWell: true)
            case .refused(let reason):
                // A service that repeats what it was asked about must not bring it anywhere.
                let words = reason.contains(credential.text) ? "the credential is not good" : reason
                return finish(digest, .failure(.refused(reason: words, isOurs: false)), isWell: true)
            case .outOfOrder(let words, let wait): return failed(digest, words, retryAfter: wait)
            }
        } catch {
            return failed(digest, "\(error)", retryAfter: nil)
        }
    }

    private func failed(_ digest: CredentialDigest, _ words: String, retryAfter wait: Duration?) -> Outcome {
        var generator = SystemRandomNumberGenerator()
        state.withLock { state in
            // Those that were under way when it was given up say nothing new.
            if case .open = state.breaker.state { return }
            _ = state.breaker.failed(at: .now(), using: &generator)
        }
        logger.log(
            .warning,
            key: "auth service",
            "the auth service can't be asked: clients with credentials get 503",
            metadata: ["reason": "\(words)"]
        )
        let seconds = max(retryAfter, Int(wait?.components.seconds ?? 0))
        return finish(digest, .failure(.unavailable(retryAfter: seconds)))
    }

    /// In seconds: until the service is asked again.
    private var retryAfter: Int {
        guard case .open(let until) = state.withLock(\.breaker.state) else { return 1 }
        return max(1, Int(((until - .now()).nanoseconds + 999_999_999) / 1_000_000_000))
    }

    /// Whoever comes from now on finds the answer, or asks again.
    private func finish(_ digest: CredentialDigest, _ outcome: Outcome, isWell: Bool = false) -> Outcome {
        state.withLock { state in
            if isWell { state.breaker.succeeded() }
            state.questions.close(digest)
            state.cache.keep(outcome, of: digest, at: WallClock.milliseconds())
        }
        return outcome
    }
}
