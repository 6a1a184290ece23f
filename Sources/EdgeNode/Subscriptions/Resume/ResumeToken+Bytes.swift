import Core

/// The bytes of a token, in front of its signature:
///
///     version (1) | issued at | user | number of subscriptions | subscriptions...
///     subscription: flags | stream | rate where flagged | epoch and sequence where flagged
///
/// Numbers are in LEB128, texts have their length in front, a rate is the 8 bytes of a double, lowest first. The flags
/// are the dialect in bits 0 and 1, "has a rate" in bit 2, "has a position" in bit 3.
extension ResumeToken {
    static let version: UInt8 = 1

    private static let dialectFlags: UInt8 = 0b0011
    private static let rateFlag: UInt8 = 0b0100
    private static let positionFlag: UInt8 = 0b1000

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 + user.utf8.count + 48 * subscriptions.count)
        bytes.append(Self.version)
        bytes.appendNumber(UInt64(bitPattern: issuedAt))
        bytes.appendText(user)
        bytes.appendNumber(UInt64(subscriptions.count))
        for subscription in subscriptions {
            var flags = subscription.dialect.rawValue
            if subscription.maxRate != nil { flags |= Self.rateFlag }
            if subscription.position != nil { flags |= Self.positionFlag }
            bytes.append(flags)
            bytes.appendText(subscription.stream.canonical)
            if let rate = subscription.maxRate {
                for shift in stride(from: 0, to: 64, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: rate.bitPattern >> UInt64(shift)))
                }
            }
            if let position = subscription.position {
                bytes.appendNumber(position.epoch)
                bytes.appendNumber(position.sequence)
            }
        }
        return bytes
    }

    /// Reads what `encoded` made. Checks every length, so that no bytes can make it read beyond their end.
    init(encoded bytes: ArraySlice<UInt8>) throws(ResumeTokenError) {
        var reader = ByteReader(bytes)
        guard let version = reader.byte() else { throw .malformed }
        guard version == Self.version else { throw .unknownVersion(version) }
        guard let issuedAt = reader.number(), let user = reader.text(), let count = reader.number() else {
            throw .malformed
        }
        var subscriptions: [Subscription] = []
        for _ in 0..<count {
            guard let subscription = Self.subscription(&reader) else { throw .malformed }
            subscriptions.append(subscription)
        }
        guard reader.rest.isEmpty else { throw .malformed }
        self.init(user: user, issuedAt: Int64(bitPattern: issuedAt), subscriptions: subscriptions)
    }

    private static func subscription(_ reader: inout ByteReader) -> Subscription? {
        guard let flags = reader.byte(), let dialect = Dialect(rawValue: flags & dialectFlags),
            flags & ~(dialectFlags | rateFlag | positionFlag) == 0,
            let name = reader.text(), let stream = try? StreamName(canonical: name)
        else { return nil }
        var subscription = Subscription(stream: stream, dialect: dialect)
        if flags & rateFlag != 0 {
            guard let rate = reader.double(), rate.isFinite, rate > 0 else { return nil }
            subscription.maxRate = rate
        }
        if flags & positionFlag != 0 {
            guard let epoch = reader.number(), let sequence = reader.number() else { return nil }
            subscription.position = Position(epoch: epoch, sequence: sequence)
        }
        return subscription
    }
}

extension [UInt8] {
    fileprivate mutating func appendNumber(_ number: UInt64) {
        var rest = number
        while rest > 0x7F {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    fileprivate mutating func appendText(_ text: String) {
        appendNumber(UInt64(text.utf8.count))
        append(contentsOf: text.utf8)
    }
}
