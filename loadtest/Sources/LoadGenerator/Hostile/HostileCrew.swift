import Histogram
import NIOCore

/// The hostile clients of one kind. Who is thrown out comes back after a second. Lives on one loop.
final class HostileCrew {
    private static let pause: TimeAmount = .seconds(1)

    let kind: HostileKind
    private let options: HostileOptions
    private let address: SocketAddress
    private let loop: any EventLoop
    private var clients: [HostileClient] = []
    private var result: HostileReport.Crew
    private var times = Histogram<UInt32>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
    private var isOver = false

    init(_ kind: HostileKind, _ options: HostileOptions, _ address: SocketAddress, _ loop: any EventLoop) {
        self.kind = kind
        self.options = options
        self.address = address
        self.loop = loop
        result = HostileReport.Crew(kind)
    }

    func start() {
        for index in 0..<kind.clients { connect(index) }
    }

    func tick(at now: Int64) {
        for client in clients {
            client.tick(at: now)
            collect(client)
        }
    }

    func finish() -> HostileReport.Crew {
        isOver = true
        for client in clients { client.leave() }
        result.time = LatencySummary(times)
        return result
    }

    private func connect(_ index: Int) {
        guard !isOver else { return }
        result.connections += 1
        var client: HostileClient?
        let new = HostileClient(kind.script(index, options), options.url) { [unowned self] how, _ in
            result.ended[how, default: 0] += 1
            if let client { leave(client) }
            client = nil
            guard !isOver else { return }
            loop.assumeIsolated().scheduleTask(in: Self.pause) { self.connect(index) }
        }
        client = new
        clients.append(new)
        new.connect(to: address, on: loop)
    }

    private func leave(_ client: HostileClient) {
        collect(client)
        result.bytesSent += client.bytesSent
        clients.removeAll { $0 === client }
    }

    private func collect(_ client: HostileClient) {
        for time in client.script.takeTimes() { times.record(UInt64(clamping: time)) }
    }
}

@available(*, unavailable)
extension HostileCrew: Sendable {}
