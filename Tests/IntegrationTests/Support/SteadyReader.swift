import NIOCore
import NIOPosix
import NIOSSL
import Platform
import Synchronization

@testable import LoadGenerator

/// A client on a thin link: a small receive buffer, and so many bytes a second, read without a pause. It keeps how old what
/// it reads is, and checks each stream's sequence. Answers pings.
///
/// Lives on its connection's loop; what it has found can be asked for from anywhere.
final class SteadyReader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Found {
        /// Of each message, how much the client read between its exchange time and the end of it, in seconds of its pace: so
        /// a machine on which the client itself is held up does not count.
        var ages: [Double] = []
        /// The exchange time of the newest of each stream.
        var newest: [String: Int64] = [:]
        /// How long ago that is for the one that is the furthest behind, counted as the ages.
        var staleness = Double.infinity
        var broken: [String] = []
        var conflated = 0
        var close: String?

        func age(percentile: Double) -> Double {
            let sorted = ages.sorted()
            return sorted.isEmpty ? .infinity : sorted[min(sorted.count - 1, Int(Double(sorted.count) * percentile))]
        }
    }

    private struct State {
        var found = Found()
        var input = ByteBuffer()
        var isUpgraded = false
        var last: [String: UInt64] = [:]
        var total = 0
        var history: [(time: Int64, total: Int)] = []
    }

    let bytesPerSecond: Int
    private let request: String
    private let state = Mutex(State())

    private init(bytesPerSecond: Int, request: String) {
        self.bytesPerSecond = bytesPerSecond
        self.request = request
    }

    static let receiveBuffer = 16_384

    /// - Parameter tls: Nil for a connection without.
    static func connect(
        to port: Int,
        streams: [String],
        bytesPerSecond: Int,
        tls: NIOSSLContext?,
        on group: any EventLoopGroup
    ) async throws -> (SteadyReader, any Channel) {
        let names = streams.map { "\"\($0)\"" }.joined(separator: ",")
        let request = #"{"action":"subscribe","streams":[\#(names)]}"#
        let reader = SteadyReader(bytesPerSecond: bytesPerSecond, request: request)
        let piece = PacedReads.pieceBytes(bytesPerSecond: bytesPerSecond)
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: piece))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(PacedReads(bytesPerSecond: bytesPerSecond))
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try pipeline.addHandler(reader)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return (reader, channel)
    }

    var found: Found {
        state.withLock { state in
            var found = state.found
            let read = found.newest.values.map { state.total - Self.total(at: $0, state) }.max()
            if let read { found.staleness = Double(read) / Double(bytesPerSecond) }
            return found
        }
    }

    /// What had been read at that moment.
    private static func total(at time: Int64, _ state: State) -> Int {
        let index = state.history.partitioningIndex { $0.time > time }
        return index == 0 ? 0 : state.history[index - 1].total
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(Handshake.request(path: "/ws", host: "localhost")), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        let replies = state.withLock { state in
            state.total += bytes.readableBytes
            state.history.append((WallClock.milliseconds(), state.total))
            state.input.writeBuffer(&bytes)
            return take(&state)
        }
        for reply in replies { context.writeAndFlush(wrapOutboundOut(reply), promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.withLock { if $0.found.close == nil { $0.found.close = "the connection has ended" } }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        state.withLock { $0.found.broken.append("\(error)") }
        context.close(promise: nil)
    }

    private func take(_ state: inout State) -> [ByteBuffer] {
        var replies: [ByteBuffer] = []
        if !state.isUpgraded {
            guard case .accepted(let length) = state.input.withUnsafeReadableBytes(Handshake.answer) else { return [] }
            state.input.moveReaderIndex(forwardBy: length)
            state.isUpgraded = true
            replies.append(ClientFrame.text(request))
        }
        while case .frame(let opcode, _, let payload, let end) = state.input.withUnsafeReadableBytes({
            FrameParser.next($0, from: 0)
        }) {
            let content = state.input.getSlice(at: state.input.readerIndex + payload, length: end - payload)
            state.input.moveReaderIndex(forwardBy: end)
            let bytes = content ?? ByteBuffer()
            switch opcode {
            case 1: take(String(buffer: bytes), &state)
            case 8: state.found.close = String(decoding: bytes.readableBytesView.dropFirst(2), as: UTF8.self)
            case 9: replies.append(bytes.withUnsafeReadableBytes(ClientFrame.pong))
            default: break
            }
        }
        state.input.discardReadBytes()
        return replies
    }

    private func take(_ text: String, _ state: inout State) {
        guard text.hasPrefix(#"{"stream":"#), let stream = field("stream", of: text).map(String.init),
            let sequence = field("seq", of: text).flatMap({ UInt64($0) }),
            let time = field("timestamp", of: text).flatMap({ Int64($0) })
        else { return }
        let first = field("first", of: text).flatMap { UInt64($0) }
        if let last = state.last[stream], (first ?? sequence) != last + 1 {
            state.found.broken.append("\(stream): \(first ?? sequence) follows \(last)")
        }
        if first != nil { state.found.conflated += 1 }
        state.last[stream] = sequence
        state.found.newest[stream] = time
        state.found.ages.append(Double(state.total - Self.total(at: time, state)) / Double(bytesPerSecond))
    }

    private func field(_ name: String, of text: String) -> Substring? {
        guard let key = text.firstRange(of: "\"\(name)\":") else { return nil }
        return text[key.upperBound...].drop { $0 == "\"" }.prefix { $0 != "," && $0 != "\"" && $0 != "}" }
    }
}

extension Array {
    /// The first index from which on it is so.
    fileprivate func partitioningIndex(_ isSo: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isSo(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
