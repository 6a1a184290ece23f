import ArgumentParser
import Composition
import Platform
import Stores

/// `tidegate rebalance`: spreads clients anew, as after a node was added.
struct RebalanceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebalance",
        abstract: "Ask the fullest node to send some of its clients away, to nodes that have fewer.",
        discussion: """
            Clients stay where they are, so a node that was added gets new ones only. This asks the one that has most to tell \
            some of its clients to go, each with a resume token and at a time of its own: they come back through the load \
            balancer and go on where they were. Nodes that are ready count. One is never brought below their mean, nor loses \
            more than a quarter of its clients at once, nor more than the others have places for. It goes by what nodes \
            announce, and so trusts whoever may write to the broker. What a node is asked is signed under CONTROL_KEY and goes \
            over the broker, so give the settings that the gateway has. Ends with status 0, also where the nodes are level; 1: \
            the broker can't be reached; 2: wrong settings; 3: nothing to be done, or the node does not do it, or the round \
            before has brought the others no clients; 4: the node does not answer.
            """
    )

    @Option(help: "How many parts of its clients it sends away at once, 0.01 to 0.25.")
    var share = 0.1

    @Option(name: .customLong("within"), help: "How many seconds they may have, 1 to 600.")
    var seconds = 30

    @Option(help: "How often at most; each time the fullest then, until all are level or the others get no more.")
    var rounds = 1

    @Flag(name: .customLong("dry-run"), help: "Only say what would be done.")
    var isDry = false

    func validate() throws {
        guard (0.01...0.25).contains(share) else { throw ValidationError("--share must be 0.01 to 0.25") }
        guard RebalanceOrder.windows.contains(seconds) else { throw ValidationError("--within must be 1 to 600") }
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds must be 1 to 1000") }
    }

    func run() async throws {
        try await ControlConnection.run("rebalance") { connection in
            let rebalancer = Rebalancer(
                broker: connection.stores.broker,
                signer: connection.signer,
                share: share,
                seconds: seconds,
                rounds: rounds,
                isDry: isDry
            )
            try await rebalancer.run()
        }
    }
}
