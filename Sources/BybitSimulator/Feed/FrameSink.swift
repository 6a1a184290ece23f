import NIOCore

/// Whoever receives a topic's frames: a client's session, or a test's collector. Lives on the simulator's loop.
protocol FrameSink: AnyObject {
    func send(_ frame: ByteBuffer)
}
