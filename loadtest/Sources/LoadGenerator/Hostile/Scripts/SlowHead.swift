import NIOCore

/// A request for a WebSocket, a byte a second: Slowloris. It never ends.
final class SlowHead: HostileScript {
    private var rest: ByteBuffer

    init(_ url: Endpoint) {
        rest = Handshake.request(path: url.path, host: "\(url.host):\(url.port)")
        // Without the empty line that would end it, however long the run is.
        rest = rest.getSlice(at: rest.readerIndex, length: rest.readableBytes - 2) ?? rest
    }

    var upgrades: Bool { false }
    var bytesPerSecond: Int? { 0 }

    func opened() -> [ByteBuffer] { next() }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        number % HostileClient.ticksPerSecond == 0 ? next() : []
    }

    private func next() -> [ByteBuffer] { rest.readSlice(length: 1).map { [$0] } ?? [] }
}
