import NIOCore

/// A client that reads all that comes, checks that no message is missing, and measures how old it is and how long a ping
/// takes.
final class HonestReader: HostileScript {
    private let streams: [String]
    private var last: [String: Int64] = [:]
    private var pingSentAt: Int64?
    private var ages: [Int64] = []
    private var pongs: [Int64] = []
    private(set) var messages = 0
    /// Missing, and nobody has said so.
    private(set) var untold = 0

    init(_ streams: [String]) {
        self.streams = streams
    }

    func opened() -> [ByteBuffer] { [MarketText.subscribe(streams)] }

    func ticked(_ number: Int, at now: Int64) -> [ByteBuffer] {
        guard pingSentAt == nil, number % (HostileClient.ticksPerSecond / 5) == 0 else { return [] }
        pingSentAt = now
        return [ClientFrame.ping("p")]
    }

    func received(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: Int64) {
        if opcode == 0xA, let sent = pingSentAt {
            pingSentAt = nil
            pongs.append((now - sent) / 1000)
        }
        guard opcode == 1 else { return }
        switch MarketText.read(payload) {
        case .data(let message):
            messages += 1
            let expected = last.updateValue(message.sequence, forKey: message.stream).map { $0 + 1 }
            if !message.isSnapshot {
                ages.append(message.age)
                if let expected, message.first ?? message.sequence != expected { untold += 1 }
            }
        case .gap(let stream, let to): last[stream] = to
        case .reply: break
        case .unreadable: untold += 1
        }
    }

    func takeTimes() -> [Int64] {
        defer { ages = [] }
        return ages
    }

    func takePongs() -> [Int64] {
        defer { pongs = [] }
        return pongs
    }
}

/// A client that comes for one stream that nobody had yet, and measures how long its first message takes.
final class Newcomer: HostileScript {
    let stream: String
    private let began = MonotonicClock.nanoseconds()
    /// Microseconds until its first message; nil before.
    private(set) var waited: Int64?

    init(_ stream: String) {
        self.stream = stream
    }

    func opened() -> [ByteBuffer] { [MarketText.subscribe([stream])] }

    func received(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, at now: Int64) {
        guard waited == nil, opcode == 1, case .data = MarketText.read(payload) else { return }
        waited = (now - began) / 1000
    }
}
