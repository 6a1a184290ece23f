import Platform
import Stores

/// Asks the fullest node, once or several times, to send some of its clients away. Used by one task.
struct Rebalancer {
    /// How long it is listened to the nodes before each round: each announces itself meanwhile.
    private static let hearing = NodeAnnouncer.interval + .seconds(1)
    /// How long a node may take to say what it makes of an order.
    private static let patience = Duration.seconds(10)

    let broker: any Broker
    let signer: ControlSigner
    /// Of its clients the fullest sends away at once.
    let share: Double
    /// Within which they go.
    let seconds: Int
    let rounds: Int
    /// It is only said what would be done.
    let isDry: Bool

    func run() async throws {
        let watch = NodeWatch()
        do {
            try await watch.listening(over: broker, within: Self.patience) { try await run(watch) }
        } catch let error as NodeWatch.NotHeard {
            throw ControlFailure.unreachable("the broker can't be reached: \(error). Nothing was done")
        }
    }

    private func run(_ watch: NodeWatch) async throws {
        var last: RebalanceRound?
        for round in 1...rounds {
            try await Task.sleep(for: Self.hearing)
            let nodes = watch.nodes
            guard let plan = try plan(nodes) else { return }
            if let last, !last.hasHelped(by: nodes) {
                throw ControlFailure.refused(
                    "the other nodes have no more clients than before the last round: those that were sent away have come back to "
                        + "where they were, or to no node that is ready; look whether the load balancer goes by the number of "
                        + "connections. Nothing more was done"
                )
            }
            last = RebalanceRound(plan, of: nodes)
            let words = "\(plan.node) on \(plan.host) has \(plan.connections) clients, and the mean is \(plan.mean)"
            if isDry { return print("\(words): \(plan.clients) would be sent away") }
            print(words)
            guard try await carryOut(plan, watch) else { return }
            // Those who go have come to others by then.
            if round < rounds { try await Task.sleep(for: .seconds(seconds)) }
        }
    }

    /// Nil where nothing is to be done.
    private func plan(_ nodes: [NodeAnnouncement]) throws -> RebalancePlan? {
        do {
            return try RebalancePlan(of: nodes, share: share)
        } catch {
            switch error {
            case .level:
                print("\(error)")
                return nil
            case .nobody, .alone, .full: throw ControlFailure.refused("\(error). Nothing was done")
            }
        }
    }

    /// False where the node has nobody to send away.
    private func carryOut(_ plan: RebalancePlan, _ watch: NodeWatch) async throws -> Bool {
        let nonce = ControlNonce.random()
        let order = plan.order(within: seconds)
        let message = signer.sign(order.encoded, for: .orders, nonce: nonce, at: WallClock.milliseconds())
        do {
            try await broker.send(message, on: .orders)
        } catch {
            throw ControlFailure.unreachable("the broker can't be reached: \(error). Nothing was done")
        }
        let answer = try await watch.wait(within: Self.patience) { $0.id == plan.node && $0.order?.nonce == nonce }
        guard let receipt = answer?.order else {
            throw ControlFailure.noLeader(
                "\(plan.node) does not answer: it has no CONTROL_KEY or another one, or its clock is more than a minute away from "
                    + "this one's; its log says which"
            )
        }
        switch receipt.outcome {
        case .taken: print("\(receipt.clients) of them are told to go within \(seconds) s")
        case .nothing: print("it has nobody to send away any more")
        case .busy: throw ControlFailure.refused("\(plan.node) is sending clients away already. Nothing more was done")
        case .leaving: throw ControlFailure.refused("\(plan.node) was told to stop: all its clients are going")
        }
        return receipt.outcome == .taken
    }
}
