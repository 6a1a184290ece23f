import Core
import Crypto
import NIOCore
import Platform

/// Signs what is sent to a running gateway by hand, and what it answers, and checks both: HMAC-SHA256 under `CONTROL_KEY`, over
/// the channel, the time, the nonce and the body. Immutable; any thread.
///
/// A message is good for `window` milliseconds each way by the clock of who reads it, so that a memory of nonces can be bounded
/// (`NonceMemory`). Longer messages than `maximumLength` are not looked at.
package struct ControlSigner: Sendable {
    package static let window: Int64 = 60_000
    package static let maximumLength = 300 << 10
    /// Signed in front of each message: what somebody else signs under the same secret is no message.
    private static let purpose = "tidegate control 1\n"

    private struct Key: Sendable {
        let id: String
        let secret: SymmetricKey
    }

    private let signing: Key
    private let others: [Key]
    /// For the log: the keys' ids.
    package let words: String

    /// Nil where the setting has no key that can sign.
    package init?(_ setting: String?) {
        guard let list = setting.flatMap({ KeyList($0, minimumLength: Settings.Control.minimumKeyLength) }) else {
            return nil
        }
        let keys = list.keys.map { Key(id: $0.id, secret: SymmetricKey(data: Array($0.secret.utf8))) }
        guard let first = keys.first else { return nil }
        signing = first
        others = Array(keys.dropFirst())
        words = list.description
    }

    /// - Parameters:
    ///   - body: A JSON object.
    ///   - now: Milliseconds since 1970.
    package func sign(
        _ body: ByteBuffer,
        for channel: ControlChannel,
        nonce: ControlNonce = .random(),
        at now: Int64
    ) -> ByteBuffer {
        let bytes = Self.signed(channel, now, nonce, body)
        let code = Array(HMAC<SHA256>.authenticationCode(for: bytes, using: signing.secret))
        return SignedMessage(keyID: signing.id, time: now, nonce: nonce, body: body, code: code).encoded
    }

    /// The message, where it is signed for this channel and its time is right. Whether it comes again is for the caller to say.
    ///
    /// - Parameter now: Milliseconds since 1970.
    package func open(
        _ message: ByteBuffer,
        of channel: ControlChannel,
        at now: Int64
    ) throws(ControlRefusal) -> SignedMessage {
        guard message.readableBytes <= Self.maximumLength else { throw .tooLong(bytes: message.readableBytes) }
        let signed = try SignedMessage(message)
        let bytes = Self.signed(channel, signed.time, signed.nonce, signed.body)
        let keys = [signing] + others
        let ordered = keys.filter { $0.id == signed.keyID } + keys.filter { $0.id != signed.keyID }
        // Takes the same time wherever the difference is.
        let isOurs = ordered.contains { key in
            HMAC<SHA256>.isValidAuthenticationCode(signed.code, authenticating: bytes, using: key.secret)
        }
        guard isOurs else { throw .forged }
        let (age, overflow) = now.subtractingReportingOverflow(signed.time)
        guard !overflow, (-Self.window...Self.window).contains(age) else {
            throw .stale(ageMilliseconds: overflow ? .max : age)
        }
        return signed
    }

    private static func signed(
        _ channel: ControlChannel,
        _ time: Int64,
        _ nonce: ControlNonce,
        _ body: ByteBuffer
    ) -> [UInt8] {
        Array("\(purpose)\(channel.rawValue)\n\(time)\n\(nonce)\n".utf8) + Array(body.readableBytesView)
    }
}
