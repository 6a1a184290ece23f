import ArgumentParser
import Composition
import Core
import Logging
import NIOPosix
import Platform
import Stores

/// A command's way to a running gateway: its broker, and the key under which it signs. Lives for one command.
struct ControlConnection: Sendable {
    let stores: ConnectedStores
    let signer: ControlSigner
    let settings: ResolvedSettings

    /// Settings as the gateway has them. Where they don't lead to one the process ends with status 2 and one line.
    static func run(
        _ command: String,
        _ body: (ControlConnection) async throws -> Void
    ) async throws {
        let settings = await ResolvedSettings.loadOrExit(for: .standalone)
        guard let signer = ControlSigner(settings[Settings.Control.key]) else {
            throw ControlFailure.settings(
                "CONTROL_KEY is not set: give the one that the gateway has, under which what it is told is signed"
            ).said(by: command)
        }
        var logger = Logger(label: command)
        // What is worth a line for a service is not for a command.
        logger.logLevel = .error
        let stores: ConnectedStores
        do {
            stores = try connect(settings, logger)
        } catch {
            throw ControlFailure.settings("\(error)").said(by: command)
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(ControlConnection(stores: stores, signer: signer, settings: settings)))
        } catch {
            result = .failure(error)
        }
        await stores.close()
        do {
            try result.get()
        } catch let failure as ControlFailure {
            throw failure.said(by: command)
        }
    }

    private static func connect(_ settings: ResolvedSettings, _ logger: Logger) throws -> ConnectedStores {
        let stores = try ConnectedStores(
            settings,
            for: .standalone,
            catalog: StreamCatalogs.make(settings),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        guard !(stores.broker is InProcessBroker) else {
            throw ControlFailure.settings(
                "neither BROKER_URL nor REDIS_URL is set: it goes over the gateway's broker, and a gateway without one, "
                    + "which is one process, can't be reached"
            )
        }
        return stores
    }
}
