import Composition
import Logging
import NIOPosix
import Platform
import Stores

/// A broker and a history of a measurement's own: servers on free ports, which keep nothing on disk. Whoever starts them
/// stops them.
struct LocalStores {
    enum Kind {
        /// One Redis is both.
        case redis
        /// NATS is the broker, Redis the history.
        case nats
    }

    /// The settings by which a process uses them.
    let environment: [String: String]
    private let servers: [ChildProcess]

    /// Throws `BenchFailure.skipped` where a server is not installed.
    static func start(_ kind: Kind) async throws -> LocalStores {
        let redis = try Programs.installed("redis-server")
        let nats = kind == .nats ? try Programs.installed("nats-server") : nil
        var servers: [ChildProcess] = []
        do {
            let port = try await LocalPort.free()
            let arguments = ["--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
            servers.append(try ChildProcess(redis, arguments, isQuiet: true))
            try await LocalPort.untilOpen(port, "redis-server")
            var environment = ["REDIS_URL": "redis://127.0.0.1:\(port)"]
            if let nats {
                let port = try await LocalPort.free()
                servers.append(try ChildProcess(nats, ["-a", "127.0.0.1", "-p", "\(port)"], isQuiet: true))
                try await LocalPort.untilOpen(port, "nats-server")
                environment["BROKER_URL"] = "nats://127.0.0.1:\(port)"
            }
            return LocalStores(environment: environment, servers: servers)
        } catch {
            for server in servers { server.stop() }
            throw error
        }
    }

    /// Gives `body` connections of this process to them, and closes those.
    func withConnection<Result>(_ body: (ConnectedStores) async throws -> Result) async throws -> Result {
        let stores = try await connect()
        do {
            let result = try await body(stores)
            await stores.close()
            return result
        } catch {
            await stores.close()
            throw error
        }
    }

    func stop() {
        for server in servers { server.stop() }
    }

    /// With an event loop of their own, as another process would have them.
    private func connect() async throws -> ConnectedStores {
        let settings = try ResolvedSettings.defaults(for: .standalone)
            .replacing(Settings.Stores.redisURL, with: environment["REDIS_URL"])
            .replacing(Settings.Stores.brokerURL, with: environment["BROKER_URL"])
        let stores = try ConnectedStores(
            settings,
            for: .standalone,
            catalog: StreamCatalogs.make(settings),
            group: MultiThreadedEventLoopGroup(numberOfThreads: 1),
            logger: Logger(label: "bench")
        )
        do {
            try await Patience.wait(for: "a connection to the broker and the history") {
                stores.broker.status.isUsable && stores.history.status.isUsable
            }
            return stores
        } catch {
            await stores.close()
            throw error
        }
    }
}
