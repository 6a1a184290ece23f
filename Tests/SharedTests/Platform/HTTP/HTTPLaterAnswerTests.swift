import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import Platform

/// Answers that take their time: one at a time, given up when nobody waits for them any more.
@Suite(.timeLimit(.minutes(10))) struct HTTPLaterAnswerTests {
    /// A page that answers when it is told what, and counts.
    private final class Desk: Sendable {
        private let replies = AsyncStream<HTTPReply>.makeStream()
        let asked = Atomic(0)
        let cancelled = Atomic(0)

        var page: TestPage {
            TestPage("/later") { [self] in
                asked.add(1, ordering: .relaxed)
                for await reply in replies.stream { return reply }
                cancelled.add(1, ordering: .relaxed)
                return HTTPReply(.ok, text: "to nobody")
            }
        }

        func answer(_ text: String) { replies.continuation.yield(HTTPReply(.ok, text: text)) }
    }

    private static let get = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"

    private let desk = Desk()

    private func connection() async throws -> NIOAsyncTestingChannel {
        let router = HTTPRouter([desk.page])
        let channel = try await NIOAsyncTestingChannel { channel in
            let pipeline = channel.pipeline.syncOperations
            try HTTPServerPipeline.add(to: pipeline, timeout: .seconds(10)) { router.wantedBody(of: $0) }
            try pipeline.addHandler(HTTPRouterHandler(router))
        }
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/peer")).get()
        return channel
    }

    private func sent(_ channel: NIOAsyncTestingChannel) async throws -> String {
        var text = ""
        while let part = try await channel.readOutbound(as: IOData.self) {
            if case .byteBuffer(let buffer) = part { text += String(buffer: buffer) }
        }
        return text
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func twoRequestsAreAskedForOneAfterTheOther() async throws {
        let channel = try await connection()
        try await channel.writeInbound(ByteBuffer(string: Self.get + Self.get))
        try await until { desk.asked.load(ordering: .relaxed) == 1 }
        #expect(try await sent(channel) == "")
        for (number, text) in ["one", "two"].enumerated() {
            try await until { desk.asked.load(ordering: .relaxed) == number + 1 }
            desk.answer(text)
            var answer = ""
            try await until {
                answer += try await sent(channel)
                return answer.hasSuffix("\r\n\r\n\(text)")
            }
        }
        #expect(channel.isActive)
    }

    @Test func aClientThatLeavesIsWorkedForNoLonger() async throws {
        let channel = try await connection()
        try await channel.writeInbound(ByteBuffer(string: Self.get))
        try await until { desk.asked.load(ordering: .relaxed) == 1 }
        try await channel.close()
        try await until { desk.cancelled.load(ordering: .relaxed) == 1 }
    }

    @Test func whatTakesTooLongIsGivenUpAndSaidSo() async throws {
        let channel = try await connection()
        try await channel.writeInbound(ByteBuffer(string: Self.get))
        try await until { desk.asked.load(ordering: .relaxed) == 1 }
        await channel.testingEventLoop.advanceTime(by: .seconds(10))
        try await until { desk.cancelled.load(ordering: .relaxed) == 1 }
        await channel.testingEventLoop.run()
        let answer = try await sent(channel)
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.hasSuffix(#"{"error":"No answer in time"}"#))
    }

    /// Nothing is read from the socket meanwhile, and yet it is seen.
    @Test func thatAClientHasLeftIsSeenOnASocket() async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try await AdminServer(host: "127.0.0.1", port: 0, logger: quiet, pages: [desk.page]).start()
        let port = try #require(server.localAddress?.port)
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        try await client.writeAndFlush(ByteBuffer(string: Self.get + Self.get))
        try await until { desk.asked.load(ordering: .relaxed) == 1 }
        try await client.close()
        try await until { desk.cancelled.load(ordering: .relaxed) == 1 }
        #expect(desk.asked.load(ordering: .relaxed) == 1)
        try await server.close()
    }
}
