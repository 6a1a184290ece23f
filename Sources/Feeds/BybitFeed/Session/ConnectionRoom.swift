/// What the topics of the connection take of the exchange's limit on the characters of `args`. Pure.
struct ConnectionRoom {
    /// Of all topics that have been asked for, but the evicted.
    private(set) var characters = 0
    /// Of those among them that the exchange has never confirmed.
    private(set) var unconfirmed = 0
    private(set) var confirmedTopics = 0

    /// A topic's name with its quotes and comma.
    static func cost(of name: String) -> Int { name.utf8.count + 3 }

    mutating func add(_ topic: UpstreamTopic, _ name: String) { count(topic, name, 1) }
    mutating func remove(_ topic: UpstreamTopic, _ name: String) { count(topic, name, -1) }

    /// Whether the bound on what was never confirmed lets another be asked for. One alone always may.
    func admits(_ topic: UpstreamTopic, _ name: String, _ settings: UpstreamSettings) -> Bool {
        topic.wasConfirmed || unconfirmed == 0
            || unconfirmed + Self.cost(of: name) <= settings.unconfirmedCharacters
    }

    /// By how much the connection is too full for another.
    func missing(for name: String, _ settings: UpstreamSettings) -> Int {
        max(0, characters + Self.cost(of: name) - settings.charactersPerConnection)
    }

    private mutating func count(_ topic: UpstreamTopic, _ name: String, _ sign: Int) {
        let cost = sign * Self.cost(of: name)
        if topic.takesRoom { characters += cost }
        if topic.phase == .subscribing, !topic.wasConfirmed { unconfirmed += cost }
        if topic.phase == .confirmed { confirmedTopics += sign }
    }
}
