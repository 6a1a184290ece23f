import Platform

/// Whether the broker delivers: a message to ourselves must come back.
struct BrokerCheck: Check {
    let name = "broker"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let heard = await surroundings.heard
        guard heard.isListening else { return [] }
        let settings = surroundings.settings
        let setting = settings[Settings.Stores.brokerURL] == nil ? Settings.Stores.redisURL : Settings.Stores.brokerURL
        let place = surroundings.place(setting)
        guard let time = heard.roundTrip else {
            return [
                Finding(
                    .problem,
                    "a message to ourselves did not come back: \(heard.problem ?? "nothing was heard")",
                    at: place,
                    advice: Self.advice(heard.problem ?? "", brand: settings[Settings.Common.brand])
                )
            ]
        }
        let milliseconds = Double(Int(time / .microseconds(1))) / 1000
        let words = "a message to ourselves came back after \(milliseconds) ms"
        guard milliseconds > 100 else { return [Finding(.fine, words, at: place)] }
        let advice = "look at the load of the broker, and at the network between"
        return [Finding(.warning, "\(words), which is long", at: place, advice: advice)]
    }

    /// - Parameter words: What went wrong.
    static func advice(_ words: String, brand: String) -> String {
        // Redis first: its NOAUTH has the word of NATS, too.
        if let advice = RedisAdvice.words(on: words) { return advice }
        let words = words.lowercased()
        if words.contains("authorization") || words.contains("authentication") {
            return "put the user and the password in BROKER_URL right, or the file of NATS_CREDENTIALS"
        }
        return "look whether the server runs, can be reached from here, and lets this user publish and subscribe to "
            + "\(brand)'s channels"
    }
}
