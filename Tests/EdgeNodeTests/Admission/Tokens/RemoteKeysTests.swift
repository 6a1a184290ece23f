import Synchronization
import TestSupport
import Testing

@testable import EdgeNode

/// Tokens that wait for keys: one fetch for all of them, and nobody waits for ever.
@Suite(.timeLimit(.minutes(5))) struct RemoteKeysTests {
    private enum Refused: Error { case refused }

    /// Answers what the test says, when it says so.
    private final class Server: Sendable {
        let asked = Inbox<Int>()
        private let answers = Mutex<[Result<FetchedKeys, Refused>]>([])

        func answer(_ answer: Result<FetchedKeys, Refused>) { answers.withLock { $0.append(answer) } }

        func fetch() async throws -> FetchedKeys {
            asked.append([1])
            while true {
                let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                if let answer { return try answer.get() }
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    private let server = Server()
    private let clock = HandClock()
    private let delivered = Inbox<[VerificationKey]>()
    private let remote: RemoteKeys
    private let log = RecordingLog()

    init() {
        let (server, clock, delivered) = (server, clock, delivered)
        remote = RemoteKeys(
            source: "test",
            interval: .milliseconds(1),
            now: { clock.now },
            logger: log.logger
        ) {
            try await server.fetch()
        } deliver: {
            delivered.append([$0])
        }
    }

    /// The keys have come once, and may be asked for again.
    private func settle() async throws {
        server.answer(.success(FetchedKeys(keys: [], lifetime: .seconds(3600))))
        _ = await delivered.elements(atLeast: 1)
        try await until { await remote.lack() == .absent }
        clock.pass(.seconds(31))
    }

    private func until(_ condition: () async -> Bool) async throws {
        while !(await condition()) { try await Task.sleep(for: .milliseconds(1)) }
    }

    private func running(_ body: () async throws -> Void) async throws {
        let run = Task { [remote] in await remote.run() }
        defer { run.cancel() }
        try await body()
    }

    @Test func oneFetchIsForAllThatWait() async throws {
        try await running {
            #expect(await remote.lack() == .unavailable(retryAfter: 1), "nothing has come yet")
            try await settle()
            let waiting = (0..<500).map { _ in Task { [remote] in await remote.lack() } }
            _ = await server.asked.elements(atLeast: 2)
            server.answer(.success(FetchedKeys(keys: [])))
            // Who comes when the keys are there already is told that there is no such key.
            for task in waiting { #expect([.fetched, .absent].contains(await task.value)) }
            #expect(server.asked.elements.count == 2)
        }
    }

    @Test func whoWaitsIsToldToComeAgainWhenTheFetchFails() async throws {
        try await running {
            try await settle()
            let waiting = Task { [remote] in await remote.lack() }
            _ = await server.asked.elements(atLeast: 2)
            server.answer(.failure(.refused))
            #expect(await waiting.value.isUnavailable)
            #expect(delivered.elements.count == 1, "those of before go on")
        }
    }

    @Test func theLogSaysWhetherThereAreKeysThatGoOn() async throws {
        try await running {
            server.answer(.failure(.refused))
            try await until { log.lines.count == 1 }
            #expect(log.lines[0].contains("none were before: clients whose tokens need them get 503"))
            clock.pass(.seconds(61))
            try await settle()
            #expect(log.lines.last?.contains("are there again") == true)
            _ = Task { [remote] in await remote.lack() }
            server.answer(.failure(.refused))
            try await until { log.lines.count == 3 }
            #expect(log.lines[2].contains("those that were fetched before go on"))
        }
    }

    @Test func whoLeavesDoesNotWait() async throws {
        try await running {
            try await settle()
            let leaving = Task { [remote] in await remote.lack() }
            _ = await server.asked.elements(atLeast: 2)
            leaving.cancel()
            #expect(await leaving.value == .unavailable(retryAfter: 1))
            let staying = Task { [remote] in await remote.lack() }
            server.answer(.success(FetchedKeys(keys: [])))
            #expect([.fetched, .absent].contains(await staying.value))
        }
    }
}

extension RemoteKeys.Outcome {
    fileprivate var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
}
