import FoundationEssentials
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

    @Test func itIsToldWhenTheServiceIsReadyFirstAndWhenItStops() async throws {
        for name in Self.names() {
            let socket = try DatagramSocket(name)
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
            let looks = Inbox<Int>()
            await manager.tell {
                looks.append([1])
                return looks.elements.count == 3
            }
            #expect(looks.elements.count == 3)
            #expect(try socket.receive() == ServiceState.ready.message)
            await manager.tell { true }
            for _ in 0..<2 { manager.tellThatItStops() }
            #expect(try socket.receive() == ServiceState.stopping.message)
            #expect(socket.isEmpty)
        }
    }

    @Test func whoStopsMeanwhileIsWaitedForNoLonger() async throws {
        let name = Self.names()[1]
        let socket = try DatagramSocket(name)
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
        let telling = Task { await manager.tell { false } }
        manager.tellThatItStops()
        await telling.value
        #expect(try socket.receive() == ServiceState.stopping.message)
        #expect(socket.isEmpty)
    }

    @Test func aManagerThatIsGoneStopsNobody() async throws {
        for name in Self.names() {
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name], logger: quiet))
            await manager.tell { true }
            manager.tellThatItStops()
            let socket = try #require(NotificationSocket(name))
            #expect(throws: NotificationSocket.Failure.self) { try socket.send("READY=1") }
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
}
