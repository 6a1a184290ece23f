import Histogram
import NIOCore

/// The honest clients of a hostile run: those that stay, and newcomers, each for a stream that nobody had yet. Lives on one
/// loop, which no hostile client shares.
final class HonestCrew {
    private static let newcomersPerSecond = 1
    /// A newcomer gives up then.
    static let patience: Int64 = 10_000_000_000

    private let options: HostileOptions
    private let address: SocketAddress
    private let loop: any EventLoop
    private var readers: [HostileClient] = []
    private var newcomer: HostileClient?
    private var cameAt: Int64 = 0
    /// Streams for newcomers.
    private var fresh: [String]
    private var hostileFrom = Int64.max
    private var result = HostileReport.Honest()
    private var quiet = Times()
    private var hostile = Times()

    private struct Times {
        var ages = Histogram<UInt32>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
        var pongs = Histogram<UInt32>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)
        var newcomers = Histogram<UInt32>(highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)

        var summary: HostileReport.Times {
            HostileReport.Times(
                age: LatencySummary(ages),
                pong: LatencySummary(pongs),
                newcomer: LatencySummary(newcomers)
            )
        }
    }

    init(_ options: HostileOptions, _ address: SocketAddress, _ loop: any EventLoop) {
        self.options = options
        self.address = address
        self.loop = loop
        fresh = ["depth.1000", "depth.1", "kline.1m", "kline.3m", "kline.5m", "kline.15m", "kline.30m"]
            .flatMap { kind in options.symbols.map { "\(kind).\($0)" } }
    }

    func start() {
        for index in 0..<options.honest {
            let symbol = options.symbols[index % options.symbols.count]
            let reader = HonestReader(["ticker.\(symbol)", "trade.\(symbol)", "depth.50.\(symbol)"])
            let client = HostileClient(reader, options.url) { [unowned self] how, _ in
                if how != "stayed" { result.ended[how, default: 0] += 1 }
            }
            readers.append(client)
            client.connect(to: address, on: loop)
        }
    }

    /// What is measured from now on is measured under hostile clients.
    func hostilesCome(at now: Int64) { hostileFrom = now }

    func tick(at now: Int64) {
        for client in readers {
            client.tick(at: now)
            collect(client, now)
        }
        newcomer?.tick(at: now)
        lookAfterNewcomer(now)
    }

    func finish() -> HostileReport.Honest {
        for client in readers {
            guard let reader = client.script as? HonestReader else { continue }
            result.messages += reader.messages
            result.untold += reader.untold
            client.leave()
        }
        newcomer?.leave()
        result.clients = options.honest
        (result.quiet, result.hostile) = (quiet.summary, hostile.summary)
        return result
    }

    private func collect(_ client: HostileClient, _ now: Int64) {
        guard let reader = client.script as? HonestReader else { return }
        let (ages, pongs) = (reader.takeTimes(), reader.takePongs())
        record(now) { times in
            for age in ages { times.ages.record(UInt64(clamping: age)) }
            for pong in pongs { times.pongs.record(UInt64(clamping: pong)) }
        }
    }

    private func record(_ now: Int64, _ change: (inout Times) -> Void) {
        if now < hostileFrom { change(&quiet) } else { change(&hostile) }
    }

    private func lookAfterNewcomer(_ now: Int64) {
        if let client = newcomer, let script = client.script as? Newcomer {
            if let waited = script.waited {
                record(now) { $0.newcomers.record(UInt64(clamping: waited)) }
                result.served += 1
            } else if now - cameAt > Self.patience {
                result.unserved.append(script.stream)
            } else {
                return
            }
            client.leave()
            newcomer = nil
        }
        guard now - cameAt > 1_000_000_000 / Int64(Self.newcomersPerSecond), !fresh.isEmpty else { return }
        cameAt = now
        let client = HostileClient(Newcomer(fresh.removeFirst()), options.url) { [unowned self] how, _ in
            // It waits for its data in vain, and is counted then.
            if how != "stayed" { result.ended[how, default: 0] += 1 }
        }
        newcomer = client
        client.connect(to: address, on: loop)
    }
}

@available(*, unavailable)
extension HonestCrew: Sendable {}
