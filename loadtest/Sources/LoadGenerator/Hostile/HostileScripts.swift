import Core
import NIOCore

/// Tickers and books, read at a steady pace that is below what comes. Measures how old what it reads is.
final class SteadyReader: HostileScript {
    let bytesPerSecond: Int?
    private let symbols: [String]
    private var times: [Int64] = []

    init(bytesPerSecond: Int, symbols: [String]) {
        self.bytesPerSecond = bytesPerSecond
        self.symbols = symbols
    }

    func opened() -> [ByteBuffer] {
        [MarketText.subscribe(symbols.flatMap { ["ticker.\($0)", "depth.50.\($0)", "depth.200.\($0)"] })]
    }

    func received(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: Int64) {
        if case .data(let message) = MarketText.read(payload), !message.isSnapshot { times.append(message.age) }
    }

    func takeTimes() -> [Int64] {
        defer { times = [] }
        return times
    }
}

final class Pipeliner: HostileScript {
    private let requests: ByteBuffer

    init(path: String, host: String) {
        let request = "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n"
        requests = ByteBuffer(string: String(repeating: request, count: 16_384 / request.utf8.count))
    }

    var upgrades: Bool { false }
    var bytesPerSecond: Int? { 0 }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] { Array(repeating: requests, count: 4) }
}

final class PingFlood: HostileScript {
    private static let perTick = 900 / HostileClient.ticksPerSecond
    private let ping = ClientFrame.ping(String(repeating: "p", count: 125))

    var bytesPerSecond: Int? { 2000 }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] { Array(repeating: ping, count: Self.perTick) }
}

final class ResumeFlood: HostileScript {
    private let request: ByteBuffer

    init() {
        request = ClientFrame.text(
            JSONWriter.object {
                $0.string("op", "resume")
                $0.object("positions") { positions in
                    for number in 1...2500 { positions.object("no\(number)") { $0.integer("sequence", 1) } }
                }
            }
        )
    }

    var bytesPerSecond: Int? { 2000 }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        number % (HostileClient.ticksPerSecond / 2) == 0 ? [request] : []
    }
}

/// As many at a time as a client may have, and then others.
final class SymbolInventor: HostileScript {
    private static let perRequest = 20
    private static let atATime = 100
    private var current: [String] = []

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        guard number % (HostileClient.ticksPerSecond / 5) == 0 else { return [] }
        let streams = (0..<Self.perRequest).map { _ in "ticker.\(MarketText.inventedSymbol())" }
        var requests = [MarketText.subscribe(streams)]
        if current.count >= Self.atATime {
            requests.insert(MarketText.unsubscribe(current), at: 0)
            current = []
        }
        current += streams
        return requests
    }
}

/// Measures how long a pong takes, and the end of a connection that it has said goodbye on, behind a request that waits.
final class WaitingPinger: HostileScript {
    private static let goodbyeTick = 2 * HostileClient.ticksPerSecond
    private var sentAt: Int64?
    private var times: [Int64] = []

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        if number == Self.goodbyeTick { return [ClientFrame.goodbye] }
        guard sentAt == nil, number % (HostileClient.ticksPerSecond / 5) == 0 else { return [] }
        sentAt = now
        return [MarketText.subscribe(["ticker.\(MarketText.inventedSymbol())"]), ClientFrame.ping("p")]
    }

    func received(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: Int64) {
        guard opcode == 0xA, let sentAt else { return }
        self.sentAt = nil
        times.append((now - sentAt) / 1000)
    }

    func takeTimes() -> [Int64] {
        defer { times = [] }
        return times
    }
}
