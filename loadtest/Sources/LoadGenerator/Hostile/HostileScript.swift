import NIOCore

/// What one client of the hostile suite does: told what happens, it answers with bytes to send. Lives on its client's loop.
protocol HostileScript: AnyObject {
    /// Whether it speaks WebSocket; else it writes bytes as they stand.
    var upgrades: Bool { get }
    /// How much it reads; nil for all that comes, 0 for nothing.
    var bytesPerSecond: Int? { get }
    /// Whether it answers pings.
    var answersPings: Bool { get }
    /// Whether it says that nothing more comes from it, and stays, when it has sent what `opened` gives.
    var closesItsHalf: Bool { get }
    func opened() -> [ByteBuffer]
    /// Called while what it sent before has been taken. `number` counts from 0.
    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer]
    /// A whole frame of the server.
    func received(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: Int64)
    /// What it measures, in microseconds, since the last call.
    func takeTimes() -> [Int64]
}

extension HostileScript {
    var upgrades: Bool { true }
    var bytesPerSecond: Int? { nil }
    var answersPings: Bool { true }
    var closesItsHalf: Bool { false }
    func opened() -> [ByteBuffer] { [] }
    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] { [] }
    func received(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: Int64) {}
    func takeTimes() -> [Int64] { [] }
}
