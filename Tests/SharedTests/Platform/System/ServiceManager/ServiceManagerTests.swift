import Foundation
import Logging
import Platform
import TestSupport
import Testing

@Suite("A service's manager is told over its socket, in a folder or in none", .timeLimit(.minutes(1)))
struct ServiceManagerTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func names() -> [String] {
        let unique = UUID().uuidString
        return [FileManager.default.temporaryDirectory.appending(path: "tg-\(unique)").path, "@tidegate-\(unique)"]
    }

    /// The next that it is told, without blocking a thread of the others.
    private static func next(_ socket: DatagramSocket) async throws -> String {
        while socket.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        return try socket.receive()
    }

    @Test func itIsToldThatTheServiceHasComeUpHowItIsAndThatItStops() async throws {
        for name in Self.names() {
            let socket = try DatagramSocket(name)
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
            let serving = Inbox<Bool>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await manager.tell { serving.elements.isEmpty ? ["broker: away", "x"] : [] }
                }
                #expect(try await Self.next(socket) == "READY=1\nSTATUS=not ready: broker: away; x")
                serving.append([true])
                #expect(try await Self.next(socket) == "STATUS=serving")
                for _ in 0..<2 { manager.tellThatItStops() }
                #expect(try await Self.next(socket) == ServiceState.stopping.message)
                try await group.waitForAll()
            }
            #expect(socket.isEmpty)
        }
    }

    /// A manager that reads nothing for a while: what it was to hear is not lost.
    @Test func aManagerThatHasNoRoomIsToldLater() async throws {
        for name in Self.names() {
            let socket = try DatagramSocket(name)
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
            let looks = Inbox<Int>()
            let others = try Self.fill(name)
            let telling = Task {
                await manager.tell {
                    looks.append([1])
                    return []
                }
            }
            _ = await looks.elements(atLeast: 2)
            for _ in 0..<others { #expect(try socket.receive() == Self.other) }
            #expect(try await Self.next(socket) == "READY=1\nSTATUS=serving")
            let more = try Self.fill(name)
            manager.tellThatItStops()
            for _ in 0..<more { #expect(try socket.receive() == Self.other) }
            #expect(try await Self.next(socket) == ServiceState.stopping.message)
            await telling.value
            #expect(socket.isEmpty)
        }
    }

    @Test func aManagerThatComesLaterIsTold() async throws {
        for name in Self.names() {
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
            let looks = Inbox<Int>()
            let telling = Task {
                await manager.tell {
                    looks.append([1])
                    return []
                }
            }
            _ = await looks.elements(atLeast: 2)
            let socket = try DatagramSocket(name)
            #expect(try await Self.next(socket) == "READY=1\nSTATUS=serving")
            telling.cancel()
            await telling.value
        }
    }

    @Test func whoStopsMeanwhileIsWaitedForNoLonger() async throws {
        let name = Self.names()[1]
        let socket = try DatagramSocket(name)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
        manager.tellThatItStops()
        await manager.tell { ["x"] }
        #expect(try await Self.next(socket) == ServiceState.stopping.message)
        #expect(socket.isEmpty)
    }

    @Test func aManagerThatIsGoneStopsNobody() async throws {
        for name in Self.names() {
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
            let telling = Task { await manager.tell { [] } }
            manager.tellThatItStops()
            telling.cancel()
            await telling.value
            let socket = try #require(NotificationSocket(name))
            let failure = #expect(throws: NotificationSocket.Failure.self) { try socket.send("READY=1") }
            #expect(failure?.mayPass == true)
        }
    }

    @Test(arguments: ["relative", "@", "/", "vsock:2:1234", "/\(String(repeating: "x", count: 107))"])
    func whatIsNoSocketIsNotUsed(name: String) {
        #expect(NotificationSocket(name) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet) == nil)
    }

    @Test func nobodyIsToldWhereNobodyAsks() {
        #expect(ServiceManager(environment: [:], logger: quiet) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": ""], logger: quiet) == nil)
    }

    private static let other = "X=another's"

    /// Until there is no room; how many that were.
    private static func fill(_ name: String) throws -> Int {
        let socket = try #require(NotificationSocket(name))
        var count = 0
        while (try? socket.send(other)) != nil { count += 1 }
        return count
    }
}
