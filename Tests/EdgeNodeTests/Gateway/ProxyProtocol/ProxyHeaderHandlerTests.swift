import NIOCore
import NIOEmbedded
import Platform
import Testing

@testable import EdgeNode

@Suite("Who does not begin with a header of the PROXY protocol is closed, and nothing behind it sees a byte of it")
struct ProxyHeaderHandlerTests {
    private static let line = "PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n"

    /// What the handlers behind have seen.
    private final class Seen: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var source: IPAddress?
        var text = ""
        var fault: ProxyHeader.Fault?
        var isOverdue = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }
    }

    private struct Refusal: Error {}

    private func channel(_ seen: Seen, refusing: Bool = false) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(
            ProxyHeaderHandler(timeout: .seconds(10)) {
                seen.fault = $0
            } overdue: {
                seen.isOverdue = true
            } follow: { header, context in
                if refusing { throw Refusal() }
                seen.source = header.source
                try context.pipeline.syncOperations.addHandler(seen)
            }
        )
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).wait()
        return channel
    }

    @Test(arguments: [1, 7, 1000]) func whatStandsBehindItGoesOnToTheHandlersBehind(_ size: Int) throws {
        let seen = Seen()
        let channel = try channel(seen)
        var rest = Array((Self.line + "GET / HTTP/1.1\r\n").utf8)[...]
        while !rest.isEmpty {
            try channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        #expect(seen.source == IPAddress("203.0.113.9") && seen.text == "GET / HTTP/1.1\r\n" && seen.fault == nil)
        // Its time is no matter any more.
        channel.embeddedEventLoop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        #expect(throws: ChannelPipelineError.self) {
            try channel.pipeline.syncOperations.handler(type: ProxyHeaderHandler.self)
        }
        _ = try channel.finish()
    }

    @Test func whoSendsNoneIsClosedAndItIsSaidWhy() throws {
        let seen = Seen()
        let channel = try channel(seen)
        try channel.writeInbound(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive && seen.text.isEmpty && seen.fault == .absent)
    }

    @Test func whoDoesNotFinishItInTimeIsClosed() throws {
        let seen = Seen()
        let channel = try channel(seen)
        for byte in Self.line.utf8.dropLast() {
            try channel.writeInbound(ByteBuffer(bytes: [byte]))
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(200))
        }
        #expect(channel.isActive && !seen.isOverdue)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive && seen.text.isEmpty && seen.isOverdue)
    }

    @Test func whomNobodyWantsIsClosed() throws {
        let seen = Seen()
        let channel = try channel(seen, refusing: true)
        try channel.writeInbound(ByteBuffer(string: Self.line + "GET / HTTP/1.1\r\n\r\n"))
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive && seen.text.isEmpty)
    }
}
