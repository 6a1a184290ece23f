import NIOCore

@testable import BybitFeed

/// A session and the clock of its test. Each step gives what the session answers, as short words.
final class Conversation {
    var session: UpstreamSession
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    init(_ change: (inout UpstreamSettings) -> Void = { _ in }) {
        var settings = UpstreamSettings()
        change(&settings)
        session = UpstreamSession(settings: settings)
    }

    func connect() -> [String] { words(session.connected(at: now)) }
    func disconnect() -> [String] { words(session.disconnected()) }
    @discardableResult
    func unwant(_ name: String) -> [String] { words(session.unwant(name, at: now)) }
    func hear(_ name: String) -> Bool { session.heard(name, at: now) }
    func refresh(_ name: String) -> [String] { words(session.refresh(name, at: now)) }

    func want(_ names: String..., rank: Int = 0, steady: Bool = false) -> [String] {
        names.flatMap { words(session.want($0, rank: rank, speaksSteadily: steady, at: now)) }
    }

    /// The exchange took the request; or refused it with these words.
    func answer(_ id: Int, _ failure: String? = nil) -> [String] {
        let answer = BybitAcknowledgement(success: failure == nil, message: failure ?? "", requestID: "\(id)")
        return words(session.acknowledged(answer, at: now))
    }

    /// Lets the time pass second by second, with a tick in each; answers everything that was said in it.
    func pass(_ seconds: Int64, pongs: Bool = true, hearing names: [String] = []) -> [String] {
        var said: [String] = []
        for _ in 0..<seconds {
            now = now + .seconds(1)
            for name in names { _ = session.heard(name, at: now) }
            said += words(session.tick(at: now))
            if pongs { session.pong() }
        }
        return said
    }

    func tick() -> [String] {
        session.pong()
        return words(session.tick(at: now))
    }

    /// As `answer`, to a request in the words of the steps.
    func answer(_ request: String, _ failure: String?) -> [String] {
        guard let id = Int(request.dropFirst().prefix { $0 != " " }) else { return [] }
        return answer(id, failure)
    }

    /// Answers all requests, those that `said` has and those of the next seconds, and theirs in turn: subscriptions in these
    /// words. Gives all that the session said.
    func exchange(_ said: [String], failing failure: String?, seconds: Int64) -> [String] {
        var all = said
        var requests = said[...]
        for second in 0...seconds {
            if second > 0 {
                let said = pass(1)
                all += said
                requests += said
            }
            while let request = requests.popFirst() {
                guard request.hasPrefix("#") else { continue }
                let said = answer(request, request.contains("+") ? failure : nil)
                all += said
                requests += said
            }
        }
        return all
    }

    private func words(_ actions: [UpstreamSession.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .send(.ping): "ping"
            case .send(.topics(.subscribe, let names, let id)): "#\(id) +\(names.joined(separator: ","))"
            case .send(.topics(.unsubscribe, let names, let id)): "#\(id) -\(names.joined(separator: ","))"
            case .confirmed(let name): "confirmed \(name)"
            case .refused(let name, _): "refused \(name)"
            case .dropped(let name): "dropped \(name)"
            case .interrupted(let name): "interrupted \(name)"
            case .close: "close"
            }
        }
    }
}
