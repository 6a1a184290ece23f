/// The number of a signed message, by which it is known when it comes again: 128 random bits, as 32 hexadecimal digits. A value.
package struct ControlNonce: Sendable, Hashable, CustomStringConvertible {
    package static let length = 32

    private let high: UInt64
    private let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package static func random() -> ControlNonce {
        // The system's generator is a cryptographic one.
        ControlNonce(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    /// Nil for what is not written as `description` writes it.
    package init?(_ text: String) {
        guard text.utf8.count == Self.length, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
        guard description == text else { return nil }
    }

    package var description: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
