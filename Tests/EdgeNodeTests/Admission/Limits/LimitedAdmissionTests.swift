import NIOCore
import NIOHTTP1
import Platform
import Synchronization
import Testing

@testable import EdgeNode

@Suite("Whoever is beyond a limit is told so with a time to come again, and what was taken for it is free again")
struct LimitedAdmissionTests {
    /// Says what it was told to say, now or later, and counts what it has given and got back.
    private final class Inner: Admission {
        final class Place: Seat {
            private let freed: @Sendable () -> Void
            init(_ freed: @escaping @Sendable () -> Void) { self.freed = freed }
            func free() { freed() }
        }

        let isAtOnce: Bool
        let refuses: Bool
        let taken = Atomic(0)
        let asked = Atomic(0)

        init(isAtOnce: Bool, refuses: Bool = false) {
            self.isAtOnce = isAtOnce
            self.refuses = refuses
        }

        private var decision: Result<Admitted, HTTPReply> {
            if refuses { return .failure(HTTPReply(.unauthorized, error: "who?")) }
            taken.add(1, ordering: .relaxed)
            let place = Place { self.taken.subtract(1, ordering: .relaxed) }
            return .success(Admitted(Principal(user: "ann"), seats: [place]))
        }

        func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? { isAtOnce ? decision : nil }

        func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
            asked.add(1, ordering: .relaxed)
            return decision
        }
    }

    private static func request(_ address: String?, _ verdict: Arrival.Verdict = .later) -> UpgradeRequest {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws")
        return UpgradeRequest(head: head, peer: nil, address: address.flatMap { IPAddress($0) }, verdict: verdict)
    }

    /// As the gateway does.
    private static func decide(
        _ admission: some Admission,
        _ request: UpgradeRequest
    ) async -> Result<Admitted, HTTPReply> {
        if let decision = admission.decideAtOnce(request) { return decision }
        return await admission.admit(request)
    }

    private static func status(_ outcome: Result<Admitted, HTTPReply>) -> UInt? {
        if case .failure(let reply) = outcome { reply.status.code } else { nil }
    }

    private static func retryAfter(_ outcome: Result<Admitted, HTTPReply>) -> String? {
        guard case .failure(let reply) = outcome else { return nil }
        return reply.headers.first { $0.0 == "Retry-After" }?.1
    }

    @Test(arguments: [true, false]) func anAddressHasSoManyConnections(isAtOnce: Bool) async throws {
        let inner = Inner(isAtOnce: isAtOnce)
        let limits = AddressLimits(AddressLimits.Bounds(connections: 2))
        let admission = LimitedAdmission(inner, limits: limits)
        let first = try await Self.decide(admission, Self.request("192.0.2.1")).get()
        let second = try await Self.decide(admission, Self.request("192.0.2.1")).get()
        let third = await Self.decide(admission, Self.request("192.0.2.1"))
        #expect(Self.status(third) == 429 && Self.retryAfter(third) == "10")
        #expect(inner.taken.load(ordering: .relaxed) == 2 && limits.counters.addressConnections.get() == 1)
        // Who needs time is not even begun with.
        if !isAtOnce { #expect(inner.asked.load(ordering: .relaxed) == 2) }
        // Another address, and who has none, are not held back.
        let others = [
            try await Self.decide(admission, Self.request("192.0.2.2")).get(),
            try await Self.decide(admission, Self.request(nil)).get(),
        ]
        first.free()
        let fourth = try await Self.decide(admission, Self.request("::ffff:192.0.2.1")).get()
        for admitted in [second, fourth] + others { admitted.free() }
        #expect(inner.taken.load(ordering: .relaxed) == 0)
    }

    @Test(arguments: [true, false]) func whoIsRefusedForAnotherReasonTakesNoPlace(isAtOnce: Bool) async {
        let admission = LimitedAdmission(
            Inner(isAtOnce: isAtOnce, refuses: true),
            limits: AddressLimits(AddressLimits.Bounds(connections: 1))
        )
        for _ in 0..<3 { #expect(Self.status(await Self.decide(admission, Self.request("192.0.2.1"))) == 401) }
    }

    /// Guesses at a credential cost an address its rate, good or not.
    @Test(arguments: [true, false]) func anAddressConnectsSoOften(isAtOnce: Bool) async {
        let clock = Mutex(NIODeadline.uptimeNanoseconds(1_000_000_000_000))
        let limits = AddressLimits(AddressLimits.Bounds(rate: 2)) { clock.withLock { $0 } }
        let admission = LimitedAdmission(Inner(isAtOnce: isAtOnce, refuses: true), limits: limits)
        var answers: [UInt?] = []
        for _ in 0..<4 { answers.append(Self.status(await Self.decide(admission, Self.request("192.0.2.1")))) }
        #expect(answers == [401, 401, 429, 429])
        #expect(limits.counters.addressRate.get() == 2)
        clock.withLock { $0 = $0 + .milliseconds(500) }
        #expect(Self.status(await Self.decide(admission, Self.request("192.0.2.1"))) == 401)
        #expect(Self.retryAfter(await Self.decide(admission, Self.request("192.0.2.1"))) == "1")
    }

    @Test(arguments: [true, false]) func allTogetherConnectSoOften(isAtOnce: Bool) async throws {
        let inner = Inner(isAtOnce: isAtOnce)
        let limits = AddressLimits(AddressLimits.Bounds(connections: 1, nodeRate: 2)) {
            .uptimeNanoseconds(1_000_000_000_000)
        }
        let admission = LimitedAdmission(inner, limits: limits) { 3 }
        _ = try await Self.decide(admission, Self.request("192.0.2.1")).get()
        _ = try await Self.decide(admission, Self.request("192.0.2.2", .welcome)).get()
        // Its place among its address's is free again each time.
        for _ in 0..<2 {
            let refused = await Self.decide(admission, Self.request("192.0.2.3"))
            #expect(Self.status(refused) == 503 && Self.retryAfter(refused) == "4")
        }
        #expect(limits.counters.nodeRate.get() == 2 && inner.taken.load(ordering: .relaxed) == 2)
    }

    /// Whoever has been judged when it was accepted.
    @Test(arguments: [true, false]) func theVerdictOfTheDoorHolds(isAtOnce: Bool) async throws {
        let inner = Inner(isAtOnce: isAtOnce)
        let admission = LimitedAdmission(inner, limits: AddressLimits(AddressLimits.Bounds(connections: 1)))
        for _ in 0..<3 {
            let admitted = try await Self.decide(admission, Self.request("192.0.2.1", .welcome)).get()
            #expect(admitted.seats.count == 1)
        }
        let refused = await Self.decide(admission, Self.request("192.0.2.1", .refused(.rate(.milliseconds(2500)))))
        #expect(Self.status(refused) == 429 && Self.retryAfter(refused) == "3")
        #expect(inner.taken.load(ordering: .relaxed) == 3)
    }
}
