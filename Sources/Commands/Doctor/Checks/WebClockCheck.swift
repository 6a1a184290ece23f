import BybitFeed
import EdgeNode
import NIOCore
import Platform

/// This machine's clock beside those of the web servers that it asks anyhow: the exchange, and where keys for tokens are. By the header
/// `Date`, which has whole seconds.
struct WebClockCheck: Check {
    let name = "web-clock"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        var findings: [Finding] = []
        for (host, target, place) in Self.places(surroundings) {
            let client = HTTPGet(
                group: surroundings.group,
                timeout: TimeAmount(surroundings.patience),
                maximumBodyBytes: 1 << 20
            )
            let before = WallClock.milliseconds()
            // What does not answer is told of by its own check.
            guard let date = try? await client.ask(host, target).date, (0...(1 << 40)).contains(date) else { continue }
            let after = WallClock.milliseconds()
            let difference = ClockDifference(theirs: date * 1000, between: before, and: after, resolution: 1000)
            findings.append(difference.finding(of: "\(host)", at: place))
        }
        return findings
    }

    private static func places(_ surroundings: Surroundings) -> [(HTTPHost, String, String)] {
        let settings = surroundings.settings
        var places: [(HTTPHost, String, String)] = []
        if surroundings.program != .edgeNode, let feed = try? BybitFeed.Configuration(settings) {
            let host = feed.restHost ?? BybitREST.host(besides: feed.url)
            places.append((host, "/v5/market/time", surroundings.place(Settings.Upstream.url)))
        }
        if surroundings.program != .ingestor, let source = TokenKeyProbe.source(settings),
            let address = try? HTTPAddress(source)
        {
            let setting =
                settings[Settings.Tokens.keySetURL] == nil ? Settings.Tokens.provider : Settings.Tokens.keySetURL
            places.append((address.host, address.target, surroundings.place(setting)))
        }
        return places
    }
}
