import Core

/// The bytes of a token, in front of its signature:
///
///     version 1: 1 | issued at | user | number of subscriptions | subscriptions...
///     subscription: flags | stream | rate where flagged | epoch and sequence where flagged
///
///     version 2: 2 | id of the key | issued at | user | number of subscriptions | subscriptions...
///     subscription: dialect | flags | stream | rate where flagged | epoch and sequence where flagged | options
///
/// Numbers are in LEB128, texts have their length in front, a rate is the 8 bytes of a double, lowest first. The flags
/// are "has a rate" in bit 2, "has a position" in bit 3, and in version 1 the dialect in bits 0 and 1.
///
/// The options have the length of all of them in front; each is a type (8 bits), a length and a value. This release
/// knows type 1: data came with `times`; it has no value, and one that is there means nothing. Others of a type below 128 are
/// passed over, one from 128 up is what the client was promised and so can't be. A release that
/// passes one over makes tokens without it: clients repeat `times` beside theirs.
extension ResumeToken {
    private static let dialectFlags: UInt8 = 0b0011
    /// Readers of version 1 take 3 for none.
    private static let lastDialectOfVersionOne: UInt8 = 2
    private static let rateFlag: UInt8 = 0b0100
    private static let positionFlag: UInt8 = 0b1000
    private static let timesOption: UInt8 = 1
    private static let firstCriticalOption: UInt8 = 128

    /// In the version that is wanted, or in version 2 where a subscription is beyond what version 1 can say.
    func encoded(as wanted: WireVersion = .one, keyID: String = "") -> [UInt8] {
        let version = subscriptions.contains(where: Self.needsVersionTwo) ? .two : wanted
        var writer = ByteWriter(capacity: 64 + user.utf8.count + 48 * subscriptions.count)
        writer.byte(version.number)
        if version == .two { writer.text(keyID) }
        writer.number(UInt64(bitPattern: issuedAt))
        writer.text(user)
        writer.number(UInt64(subscriptions.count))
        for subscription in subscriptions { Self.write(subscription, as: version, to: &writer) }
        return writer.bytes
    }

    private static func needsVersionTwo(_ subscription: Subscription) -> Bool {
        subscription.dialect.number > lastDialectOfVersionOne || subscription.tellsTimes
    }

    private static func write(_ subscription: Subscription, as version: WireVersion, to writer: inout ByteWriter) {
        var flags: UInt8 = 0
        if subscription.maxRate != nil { flags |= rateFlag }
        if subscription.position != nil { flags |= positionFlag }
        switch version {
        case .one: writer.byte(subscription.dialect.number | flags)
        case .two:
            writer.byte(subscription.dialect.number)
            writer.byte(flags)
        }
        writer.text(subscription.stream.canonical)
        if let rate = subscription.maxRate { writer.double(rate) }
        if let position = subscription.position {
            writer.number(position.epoch)
            writer.number(position.sequence)
        }
        guard version == .two else { return }
        let options: [UInt8] = subscription.tellsTimes ? [timesOption, 0] : []
        writer.number(UInt64(options.count))
        for byte in options { writer.byte(byte) }
    }

    /// Reads what `encoded` made. Checks every length, so that no bytes can make it read beyond their end.
    init(encoded bytes: ArraySlice<UInt8>) throws(ResumeTokenError) {
        var reader = ByteReader(bytes)
        guard let number = reader.byte() else { throw .malformed }
        guard let version = WireVersion(number: Int64(number)) else { throw .unknownVersion(number) }
        if version == .two, reader.text() == nil { throw .malformed }
        guard let issuedAt = reader.number(), let user = reader.text(), let count = reader.number() else {
            throw .malformed
        }
        var subscriptions: [Subscription] = []
        for _ in 0..<count { subscriptions.append(try Self.subscription(of: version, &reader)) }
        guard reader.rest.isEmpty else { throw .malformed }
        self.init(user: user, issuedAt: Int64(bitPattern: issuedAt), subscriptions: subscriptions)
    }

    /// Under which key a token says that it is signed; nil where it does not say. It is not yet known to be one of ours.
    static func keyID(ofEncoded bytes: ArraySlice<UInt8>) -> String? {
        var reader = ByteReader(bytes)
        guard reader.byte() == WireVersion.two.number else { return nil }
        return reader.text()
    }

    private static func subscription(
        of version: WireVersion,
        _ reader: inout ByteReader
    ) throws(ResumeTokenError) -> Subscription {
        guard var dialect = reader.byte() else { throw .malformed }
        var flags = dialect
        switch version {
        case .one:
            dialect &= dialectFlags
            flags &= ~dialectFlags
        case .two:
            guard let byte = reader.byte() else { throw .malformed }
            flags = byte
        }
        guard flags & ~(rateFlag | positionFlag) == 0, let name = reader.text(),
            let stream = try? StreamName(canonical: name)
        else { throw .malformed }
        var subscription = Subscription(stream: stream, dialect: DialectID(number: dialect))
        if flags & rateFlag != 0 {
            guard let rate = reader.double(), rate.isFinite, rate > 0 else { throw .malformed }
            subscription.maxRate = rate
        }
        if flags & positionFlag != 0 {
            guard let epoch = reader.number(), let sequence = reader.number() else { throw .malformed }
            subscription.position = Position(epoch: epoch, sequence: sequence)
        }
        if version == .two {
            guard let options = reader.bytes() else { throw .malformed }
            try read(options, into: &subscription)
        }
        return subscription
    }

    private static func read(
        _ options: ArraySlice<UInt8>,
        into subscription: inout Subscription
    ) throws(ResumeTokenError) {
        var reader = ByteReader(options)
        while let type = reader.byte() {
            guard reader.bytes() != nil else { throw .malformed }
            guard type < firstCriticalOption else { throw .unknownOption(type) }
            if type == timesOption { subscription.tellsTimes = true }
        }
    }
}
