import NIOCore
import NIOHTTP1
import Platform

/// Lets in no more than `AddressLimits` allow of those whom another admission lets in. Any thread.
///
/// What can be said at once is said before the limits are looked at, since that costs next to nothing; whatever takes time
/// is begun only for who is within them. Who is refused for its address gets 429, and 503 where all together connect too
/// often, with a time to come again that is random within a few seconds: else all would come again at once.
struct LimitedAdmission: Admission {
    private let inner: any Admission
    private let limits: AddressLimits
    private let spread: @Sendable () -> Int

    /// - Parameter spread: Seconds to come again in, beyond those that are needed.
    init(
        _ inner: any Admission,
        limits: AddressLimits,
        spread: @escaping @Sendable () -> Int = { Int.random(in: 0...4) }
    ) {
        self.inner = inner
        self.limits = limits
        self.spread = spread
    }

    func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? {
        guard let decision = inner.decideAtOnce(request) else { return nil }
        switch judge(request) {
        case .success(let seat): return seated(decision, seat)
        case .failure(let reply):
            if case .success(let admitted) = decision { admitted.free() }
            return .failure(reply)
        }
    }

    func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
        switch judge(request) {
        case .success(let seat): return seated(await inner.admit(request), seat)
        case .failure(let reply): return .failure(reply)
        }
    }

    private func judge(_ request: UpgradeRequest) -> Result<(any Seat)?, HTTPReply> {
        let seat: (any Seat)?
        switch request.verdict {
        case .welcome: seat = nil
        case .refused(let refusal): return .failure(refusal.reply)
        case .later:
            switch limits.enter(request.address) {
            case .admitted(let taken): seat = taken
            case .refused(let refusal, let taken):
                taken.free()
                return .failure(refusal.reply)
            case .turnedAway(let refusal): return .failure(refusal.reply)
            }
        }
        guard let wait = limits.enterNode() else { return .success(seat) }
        seat?.free()
        let seconds = Int(wait.nanoseconds / 1_000_000_000) + 1 + spread()
        return .failure(
            .refusal(
                .serviceUnavailable,
                error: "too many connects",
                reason: "this node lets in only so many a second",
                headers: [("Retry-After", "\(seconds)")]
            )
        )
    }

    private func seated(
        _ decision: Result<Admitted, HTTPReply>,
        _ seat: (any Seat)?
    ) -> Result<Admitted, HTTPReply> {
        guard let seat else { return decision }
        guard case .success(var admitted) = decision else {
            seat.free()
            return decision
        }
        admitted.seats.append(seat)
        return .success(admitted)
    }
}
