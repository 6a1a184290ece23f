import NIOCore

/// A message of 60,000 bytes, a byte a second. Pings go unanswered: a pong can't stand within a frame.
final class SlowFrame: HostileScript {
    private static let length: UInt16 = 60_000
    private static let byte = ByteBuffer(string: "x")

    var answersPings: Bool { false }

    func opened() -> [ByteBuffer] { [ClientFrame.head(ofText: Self.length)] }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        number % HostileClient.ticksPerSecond == 0 ? [Self.byte] : []
    }
}
