import DequeModule

/// The nonces of the signed messages that came lately, so that none is heeded twice, each with what became of it. Pure.
///
/// A message may come again for as long as its time is within the window, so each is kept for twice that. Bounded by
/// `maximum`: where it is full nothing new is taken until the oldest have gone, for to forget one would let it in again.
package struct NonceMemory<Value: Sendable>: Sendable {
    package enum Verdict: Sendable {
        case new
        case repeated(Value)
        case full
    }

    private let maximum: Int
    private var values: [ControlNonce: Value] = [:]
    /// In the order in which they came, with the time in milliseconds since 1970.
    private var arrivals: Deque<(nonce: ControlNonce, time: Int64)> = []

    package init(maximum: Int = 200_000) {
        self.maximum = maximum
    }

    package var count: Int { values.count }

    /// Takes a nonce, with what is known of its message so far, unless it is here already.
    ///
    /// - Parameter now: Milliseconds since 1970.
    package mutating func take(_ nonce: ControlNonce, _ value: Value, at now: Int64) -> Verdict {
        while let first = arrivals.first, now - first.time > 2 * ControlSigner.window {
            arrivals.removeFirst()
            values[first.nonce] = nil
        }
        if let known = values[nonce] { return .repeated(known) }
        guard arrivals.count < maximum else { return .full }
        values[nonce] = value
        arrivals.append((nonce, now))
        return .new
    }

    /// More has become known of a message that was taken.
    package mutating func update(_ nonce: ControlNonce, _ value: Value) {
        guard values[nonce] != nil else { return }
        values[nonce] = value
    }

    /// Nothing was done with it: it may come again.
    package mutating func release(_ nonce: ControlNonce) {
        guard values.removeValue(forKey: nonce) != nil else { return }
        // It came a moment ago.
        if let index = arrivals.lastIndex(where: { $0.nonce == nonce }) { arrivals.remove(at: index) }
    }
}
