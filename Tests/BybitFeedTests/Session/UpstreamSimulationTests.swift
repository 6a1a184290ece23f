import NIOCore
import TestSupport
import Testing

@testable import BybitFeed

@Suite("Whatever happens on the way, in the end the exchange serves exactly what is wanted")
struct UpstreamSimulationTests {
    /// A little exchange: a batch is all or nothing, one bad or duplicate topic fails it.
    private struct Exchange {
        var subscribed: Set<String> = []
        var queue: [(operation: BybitRequest.Operation, names: [String], id: String)] = []
        /// Failures without a topic in their words make the session bisect.
        var namesTopics: Bool

        mutating func answerNext() -> BybitAcknowledgement {
            let (operation, names, id) = queue.removeFirst()
            var answer = BybitAcknowledgement(success: true, message: "", requestID: id)
            switch operation {
            case .unsubscribe: subscribed.subtract(names)
            case .subscribe:
                let problem =
                    names.first { $0.hasPrefix("bad") }.map { ("error:handler not found,topic:", $0) }
                    ?? names.first { subscribed.contains($0) }.map { ("error:already subscribed,topic:", $0) }
                if let (words, name) = problem {
                    answer.success = false
                    answer.message = namesTopics ? words + name : "error:something"
                } else {
                    subscribed.formUnion(names)
                }
            }
            return answer
        }
    }

    private struct World {
        var session: UpstreamSession
        var exchange: Exchange
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
        var wanted: Set<String> = []
        var isConnected = false

        mutating func take(_ actions: [UpstreamSession.Action]) {
            for action in actions {
                switch action {
                case .send(.topics(let operation, let names, let id)):
                    #expect(names.count <= session.settings.topicsPerRequest && Set(names).count == names.count)
                    #expect(isConnected && !names.isEmpty)
                    exchange.queue.append((operation, names, id))
                case .refused(let name, _):
                    #expect(name.hasPrefix("bad"), "\(name) was refused for the fault of another")
                    wanted.remove(name)
                case .close: disconnect()
                default: break
                }
            }
        }

        mutating func connect() {
            isConnected = true
            take(session.connected(at: now))
        }

        mutating func disconnect() {
            isConnected = false
            exchange.queue = []
            exchange.subscribed = []
            take(session.disconnected())
        }

        mutating func answerAll() {
            while !exchange.queue.isEmpty { take(session.acknowledged(exchange.answerNext(), at: now)) }
        }

        mutating func tick(seconds: Int64 = 1) {
            now = now + .seconds(seconds)
            session.pong()
            take(session.tick(at: now))
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func theyAgree(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var settings = UpstreamSettings()
        settings.topicsPerRequest = Int.random(in: 1...5, using: &generator)
        settings.requestsInFlight = Int.random(in: 1...3, using: &generator)
        settings.linger = .seconds(5)
        settings.acknowledgementTimeout = .seconds(30)
        var world = World(
            session: UpstreamSession(settings: settings),
            exchange: Exchange(namesTopics: seed % 2 == 0)
        )
        let names = (0..<15).map { "t\($0)" } + ["bad1", "bad2", "bad3"]
        for _ in 0..<600 {
            let name = names[Int.random(in: 0..<names.count, using: &generator)]
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<6:
                world.wanted.insert(name)
                world.take(world.session.want(name, speaksSteadily: false, at: world.now))
            case 6..<10:
                world.wanted.remove(name)
                world.take(world.session.unwant(name, at: world.now))
            case 10..<15 where !world.exchange.queue.isEmpty:
                world.take(world.session.acknowledged(world.exchange.answerNext(), at: world.now))
            case 15: if world.isConnected { world.take(world.session.refresh(name, at: world.now)) }
            case 16 where Int.random(in: 0..<4, using: &generator) == 0:
                if world.isConnected { world.disconnect() } else { world.connect() }
            default: world.tick()
            }
        }
        if !world.isConnected { world.connect() }
        world.answerAll()
        for _ in 0..<100 {
            world.tick()
            world.answerAll()
        }
        #expect(world.isConnected)
        // What is refused in words that name nothing is asked for again and again.
        let served = world.wanted.filter { !$0.hasPrefix("bad") }
        #expect(world.exchange.subscribed == served)
        #expect(world.session.confirmedCount == served.count)
        #expect(world.exchange.namesTopics ? world.wanted == served : true)
        let topics = world.session.topics
        #expect(Set(topics.keys) == world.wanted)
        #expect(world.session.room.characters == served.reduce(0) { $0 + ConnectionRoom.cost(of: $1) })
    }
}
