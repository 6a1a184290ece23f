import ArgumentParser
import BybitSimulator
import Composition
import EdgeNode
import Ingestor
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Stores

/// `tidegate standalone`: ingestor and edge node in one process, over the in-process broker and history.
struct StandaloneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "standalone",
        abstract: "Run the whole gateway in one process.",
        discussion: """
            Clients connect to ws://HOST:PORT/ws. Settings come from the environment; `tidegate settings` lists them. \
            With --upstream auto, which is the default, market data comes from the exchange, or from the built-in \
            simulator where the exchange can't be reached in 5 s; messages then carry "source":"simulator". With --upstream \
            bybit it comes from the exchange (BYBIT_WS_URL) alone, for as long as it takes to reach it.
            """
    )

    @Option(help: "auto, bybit, simulator, or the ws:// or wss:// address of a Bybit V5 public endpoint.")
    var upstream = UpstreamChoice.auto

    @Option(help: "The port to listen on, in place of PORT; 0 takes any free one.")
    var port: Int?

    func validate() throws {
        // The system would take such a number for another: 99999 for 34463.
        if let port, !(0...65_535).contains(port) { throw ValidationError("--port must be 0 to 65535") }
        if case .url(let url) = upstream, let objection = Settings.Upstream.url.rule.objection(url.description) {
            throw ValidationError("--upstream \(url) \(objection)")
        }
    }

    func run() async throws {
        let id = NodeID.edge()
        let settings = await ResolvedSettings.loadOrExit(for: .standalone, node: id)
        let document = LiveDocument.loadOrExit(settings, sections: DocumentSections.all)
        let logger = Logger(label: "tidegate")
        Remarks.log(settings, document, catalog: StreamCatalogs.make(settings, document), logger: logger)
        do {
            let gateway = try await Gateway.make(
                settings,
                document,
                upstream: upstream,
                port: port,
                id: id,
                logger: logger
            )
            let watching = document.watch()
            defer { watching.cancel() }
            try await gateway.run()
        } catch {
            exitWithError("tidegate", error)
        }
    }
}
