import BybitFeed
import NIOCore
import Platform

/// Whether the exchange can be reached from here: its WebSocket, and its pages that say which instruments it has.
struct UpstreamCheck: Check {
    let name = "upstream"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        guard surroundings.program != .edgeNode else { return [] }
        let (patience, group) = (TimeAmount(surroundings.patience), surroundings.group)
        let place = surroundings.place(Settings.Upstream.url)
        let configuration: BybitFeed.Configuration
        do {
            configuration = try BybitFeed.Configuration(surroundings.settings)
        } catch {
            let advice = "put that setting right: the \(surroundings.program.rawValue) with it does not start"
            return [Finding(.problem, "\(error)", at: place, advice: advice, wouldNotStart: true)]
        }
        let url = configuration.url
        var findings: [Finding] = []
        if let reason = await UpstreamProbe.failure(of: url, timeout: patience, group: group) {
            let advice =
                "look whether this machine may connect there: a firewall, a proxy, or a country that the exchange refuses"
            findings.append(Finding(.problem, "\(url) can't be reached: \(reason)", at: place, advice: advice))
        } else {
            findings.append(Finding(.fine, "\(url) takes a WebSocket", at: place))
        }
        let host = configuration.restHost ?? BybitREST.host(besides: url)
        findings.append(await Self.pages(of: host, surroundings.place(Settings.Upstream.restURL), patience, group))
        return findings
    }

    private static func pages(
        of host: HTTPHost,
        _ place: String,
        _ patience: TimeAmount,
        _ group: any EventLoopGroup
    ) async -> Finding {
        let client = HTTPGet(group: group, timeout: patience, maximumBodyBytes: 1 << 20)
        let advice =
            "without these pages it is not known which instruments there are, and invented symbols reach the exchange"
        do {
            let status = try await client.ask(host, "/v5/market/time").status
            guard status == 403 || status >= 500 else { return Finding(.fine, "\(host) answers", at: place) }
            return Finding(.warning, "\(host) answers with HTTP \(status)", at: place, advice: advice)
        } catch {
            let words = "\(host) can't be asked: \(NetworkFailure.words(error))"
            return Finding(.warning, words, at: place, advice: advice)
        }
    }
}
