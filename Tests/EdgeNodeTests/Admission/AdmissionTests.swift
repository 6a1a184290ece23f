import NIOCore
import NIOEmbedded
import NIOHTTP1
import Platform
import Synchronization
import Testing

@testable import EdgeNode

/// Who asks to come in has a place and waits, for a bounded time and with a bounded number of bytes.
@Suite(.timeLimit(.minutes(5))) struct AdmissionTests {
    private static let request = "GET /ws HTTP/1.1\r\nHost: x\r\n\(GatewayClient.upgrade)\r\n"

    private let fixture = EdgeFixture(maximumClients: 2)
    private let doorkeeper = Doorkeeper()

    private var places: Int { fixture.node.clients.get() }

    /// One that has asked, and of whom the doorkeeper knows.
    private func client(number: Int = 1, behind bytes: [UInt8] = []) async throws -> GatewayClient {
        let client = try await GatewayClient(fixture, admission: doorkeeper)
        #expect(try await client.send(bytes: Array(Self.request.utf8) + bytes) == "")
        try await until { doorkeeper.asked.load(ordering: .relaxed) == number }
        return client
    }

    private func answer(to client: GatewayClient) async throws -> ByteBuffer {
        var answer = ByteBuffer()
        try await until {
            answer = try await client.received()
            return answer.readableBytes > 0
        }
        return answer
    }

    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test func whoIsLetInLaterIsAnsweredAndAnythingThatItSaidMeanwhile() async throws {
        let client = try await client(behind: WebSocketClientFrame.ping([65]))
        try await client.channel.writeInbound(ByteBuffer(bytes: WebSocketClientFrame.ping([66])))
        #expect(places == 1 && fixture.counters[0].connections.get() == 0)
        let principal = Principal(user: "ann")
        doorkeeper.decide(.success(Admitted(principal)))
        var answer = try await answer(to: client)
        let head = try #require(answer.readableBytesView.firstRange(of: Array("\r\n\r\n".utf8)))
        #expect(answer.readString(length: 12) == "HTTP/1.1 101")
        answer.moveReaderIndex(to: head.upperBound)
        var later = try await client.received()
        answer.writeBuffer(&later)
        #expect(ServerFrame.read(from: &answer).map(\.brief) == ["PONG A", "PONG B"])
        let port = fixture.ports[0]
        let isHers = try await port.eventLoop.submit {
            port.shard.value.clients.all.map { $0.principal === principal }
        }.get()
        #expect(isHers == [true] && places == 1)
        try await client.channel.close()
        #expect(places == 0 && doorkeeper.givenUp.load(ordering: .relaxed) == 0)
    }

    @Test func whoIsRefusedGetsTheReplyAndNoUpgrade() async throws {
        let client = try await client()
        let challenge = [("WWW-Authenticate", "Bearer")]
        doorkeeper.decide(.failure(HTTPReply(.unauthorized, error: "Who are you?", headers: challenge)))
        let answer = String(buffer: try await answer(to: client))
        #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.hasSuffix(#"{"error":"Who are you?"}"#))
        #expect(answer.contains("\r\nWWW-Authenticate: Bearer\r\n") && answer.contains("\r\nConnection: close\r\n"))
        #expect(places == 0 && !client.channel.isActive)
    }

    @Test func whoLeavesMeanwhileIsAskedForNoLongerAndItsPlaceIsFree() async throws {
        let client = try await client()
        try await client.channel.close()
        #expect(places == 0)
        try await until { doorkeeper.givenUp.load(ordering: .relaxed) == 1 }
        await fixture.loops[0].run()
        #expect(places == 0 && fixture.counters[0].connections.get() == 0)
    }

    @Test func whatTakesTooLongIsGivenUpAndThePlaceIsFree() async throws {
        let client = try await client()
        await fixture.loops[0].advanceTime(by: .seconds(10))
        try await until { doorkeeper.givenUp.load(ordering: .relaxed) == 1 }
        let answer = String(buffer: try await client.received())
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.hasSuffix(#"{"error":"No answer in time"}"#))
        #expect(places == 0 && !client.channel.isActive)
    }

    @Test func noMoreAreAskedForThanThereArePlaces() async throws {
        var clients = [try await client(number: 1), try await client(number: 2)]
        let third = try await GatewayClient(fixture, admission: doorkeeper)
        #expect(try await third.send(Self.request).hasPrefix("HTTP/1.1 503 "))
        #expect(doorkeeper.asked.load(ordering: .relaxed) == 2 && places == 2)
        try await clients.removeLast().channel.close()
        clients.append(try await client(number: 3))
        doorkeeper.decide(.success(.anonymous))
        for client in clients {
            #expect(String(buffer: try await answer(to: client)).hasPrefix("HTTP/1.1 101 "))
        }
        #expect(places == 2)
    }

    @Test func whoSendsTooMuchMeanwhileIsClosed() async throws {
        let client = try await client()
        try await client.channel.writeInbound(ByteBuffer(repeating: 65, count: 32_000))
        #expect(client.channel.isActive)
        try await client.channel.writeInbound(ByteBuffer(repeating: 65, count: 1000))
        await fixture.loops[0].run()
        #expect(places == 0 && !client.channel.isActive)
        try await until { doorkeeper.givenUp.load(ordering: .relaxed) == 1 }
    }

    @Test func aNodeThatGoesAwayMeanwhileTakesNobody() async throws {
        let client = try await client()
        fixture.node.isDraining.store(true, ordering: .relaxed)
        doorkeeper.decide(.success(.anonymous))
        let answer = String(buffer: try await answer(to: client))
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: 1\r\n"))
        #expect(places == 0 && !client.channel.isActive)
    }

    /// What admission is told, and that it may say so at once.
    @Test func whoIsDecidedOnAtOnceDoesNotWait() async throws {
        let client = try await GatewayClient(fixture, admission: QueryAdmission())
        let refused = try await client.get("http://x/ws?no", GatewayClient.upgrade)
        #expect(refused.hasPrefix("HTTP/1.1 403 ") && places == 0)
        let other = try await GatewayClient(fixture, admission: QueryAdmission())
        #expect(try await other.get("/ws?yes", GatewayClient.upgrade).hasPrefix("HTTP/1.1 101 "))
        #expect(places == 1)
    }

    private struct QueryAdmission: Admission {
        func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? {
            guard request.path == "/ws", request.query == "yes", request.peer != nil,
                request.headers.contains(name: "host")
            else { return .failure(HTTPReply(.forbidden, error: "no")) }
            return .success(.anonymous)
        }

        func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> {
            .failure(HTTPReply(.internalServerError, error: "nobody should ask"))
        }
    }
}
