import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Platform
import Synchronization
import TestSupport
import Testing

@Suite("The admin pages delay nothing else", .timeLimit(.minutes(10)))
struct AdminServerTests {
    /// Twelve clients that ask for a page as fast as they can and read nothing, and a page that holds its loop until all others
    /// have done some work: as those of the lease and of the exchange have.
    @Test func aFloodOfRequestsKeepsNoOtherLoopFromItsWork() async throws {
        let served = Atomic(0)
        let othersHaveWorked = Atomic(false)
        let hasGivenUp = Atomic(false)
        let page = ClosurePage {
            served.add(1, ordering: .relaxed)
            let end = NIODeadline.now() + .seconds(20)
            while !othersHaveWorked.load(ordering: .relaxed), !hasGivenUp.load(ordering: .relaxed) {
                if NIODeadline.now() >= end { hasGivenUp.store(true, ordering: .relaxed) }
                usleep(1000)
            }
            return HTTPReply(.ok, json: "{}")
        }
        let server = AdminServer(
            host: "127.0.0.1",
            port: 0,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            pages: [page]
        )
        let channel = try await server.start()
        let port = try #require(channel.localAddress?.port)
        var clients: [any Channel] = []
        for _ in 0..<12 {
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: port).get()
            let requests = ByteBuffer(repeating: "GET /stats HTTP/1.1\r\nHost: x\r\n\r\n", count: 100)
            client.writeAndFlush(requests, promise: nil)
            clients.append(client)
        }
        while served.load(ordering: .relaxed) == 0 { try await Task.sleep(for: .milliseconds(1)) }
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() { try await loop.submit {}.get() }
        othersHaveWorked.store(true, ordering: .relaxed)
        let isShared = hasGivenUp.load(ordering: .relaxed)
        #expect(!isShared, "the pages are made on a loop that others use")
        for client in clients { try? await client.close() }
        try await channel.close()
    }

    /// It once hung now and then: the loop ended before its last answer was waited for.
    @Test func closingIsAlwaysAnswered() async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        for _ in 0..<200 {
            try await AdminServer(host: "127.0.0.1", port: 0, logger: quiet, pages: []).start().close()
        }
    }

    /// They are descriptors of the process, which clients and stores need too.
    @Test func oneConnectionTooManyIsClosedAtOnceAndThereIsRoomAgainWhenOneLeaves() async throws {
        let log = CollectedLog()
        let page = ClosurePage { HTTPReply(.ok, json: "{}") }
        let server = AdminServer(host: "127.0.0.1", port: 0, logger: log.logger, pages: [page])
        let listener = try await server.start()
        let address = try #require(listener.localAddress)
        let port = try #require(address.port)
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        var clients: [any Channel] = []
        for _ in 0..<64 { clients.append(try await bootstrap.connect(to: address).get()) }
        for _ in 0..<2 { try await bootstrap.connect(to: address).get().closeFuture.get() }
        #expect(clients.allSatisfy { $0.isActive })
        let lines = log.lines.filter { $0.contains("as many as there may be") }
        #expect(lines.count == 1 && lines[0].contains("limit=64"), "said once, not for each")
        try await clients[0].close()
        let get = HTTPGet(group: MultiThreadedEventLoopGroup.singleton)
        let host = try HTTPHost("http://127.0.0.1:\(port)")
        try await eventually { (try? await get.ask(host, "/stats").status) == 200 }
        for client in clients[1...] { try await client.close() }
        try await listener.close()
    }

    @Test func aPortThatIsTakenIsSaidSo() async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let first = try await AdminServer(host: "127.0.0.1", port: 0, logger: quiet, pages: []).start()
        let port = try #require(first.localAddress?.port)
        let error = await #expect(throws: ListenError.self) {
            try await AdminServer(host: "127.0.0.1", port: port, logger: quiet, pages: []).start()
        }
        let words = "can't listen on 127.0.0.1:\(port): Address already in use; set ADMIN_PORT to a free port"
        #expect(error?.description.hasPrefix(words) == true, "in plain words, without the system call")
        try await first.close()
    }
}

private struct ClosurePage: HTTPPage {
    let path = "/stats"
    let make: @Sendable () -> HTTPReply

    func answer(_ request: HTTPRequest) -> HTTPAnswer { .now(make()) }
}

extension ByteBuffer {
    fileprivate init(repeating text: String, count: Int) { self.init(string: String(repeating: text, count: count)) }
}
