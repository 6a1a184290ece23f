import NIOHTTP1
import Testing

@testable import BybitSimulator

struct ControlRouteTests {
    @Test(arguments: [
        (HTTPMethod.GET, "/", ControlRoute.describe),
        (.GET, "/stats", .statistics),
        (.POST, "/stats", .methodNotAllowed(allowed: "GET")),
        (.POST, "/faults/drop", .fault(.dropConnections())),
        (.POST, "/faults/drop?topic=tickers.BTCUSDT", .fault(.dropConnections(topic: "tickers.BTCUSDT"))),
        (.GET, "/faults/drop", .methodNotAllowed(allowed: "POST")),
        (.POST, "/faults/stall?seconds=1.5", .fault(.stall(.milliseconds(1_500)))),
        (.POST, "/faults/garbage", .fault(.garbage(.all))),
        (.POST, "/faults/garbage?kind=truncated", .fault(.garbage(.preset(.truncated)))),
        (.POST, "/faults/oversized?bytes=100", .fault(.oversized(bytes: 100))),
        (.POST, "/faults/restart-book", .fault(.restartBook(symbol: nil))),
        (.POST, "/faults/restart-book?symbol=BTCUSDT", .fault(.restartBook(symbol: "BTCUSDT"))),
        (.POST, "/faults/refuse-subscriptions?seconds=3", .fault(.refuseSubscriptions(.seconds(3)))),
        (.POST, "/faults/refuse-upgrades?seconds=3", .fault(.refuseUpgrades(.seconds(3)))),
        (
            .POST, "/faults/refuse-upgrades?seconds=3&retry-after=7",
            .fault(.refuseUpgrades(.seconds(3), retryAfter: "7"))
        ),
        (.POST, "/faults/delay?milliseconds=150", .fault(.delayAnswers(.milliseconds(150)))),
        (.POST, "/faults/delay?milliseconds=0", .fault(.delayAnswers(.zero))),
        (.POST, "/faults/list?symbol=NEWUSDT", .fault(.list(ListedInstrument(symbol: "NEWUSDT")))),
        (
            .POST, "/faults/list?symbol=NEWUSDT&status=PreLaunch",
            .fault(.list(ListedInstrument(symbol: "NEWUSDT", status: .preLaunch)))
        ),
        (.POST, "/faults/unknown", .notFound),
        (.GET, "/v5/public/linear", .upgradeRequired),
        (.GET, "/v5/public/spot", .notFound),
        (.GET, "/v5/public/linear/", .notFound),
    ])
    func routes(_ method: HTTPMethod, _ uri: String, _ route: ControlRoute) {
        #expect(ControlRoute(method: method, uri: uri) == route)
    }

    @Test(arguments: [
        "/faults/stall", "/faults/stall?seconds=x", "/faults/stall?seconds=-1", "/faults/stall?seconds=nan",
        "/faults/stall?seconds=1e9", "/faults/oversized", "/faults/oversized?bytes=0",
        "/faults/oversized?bytes=99999999999", "/faults/garbage?kind=nice", "/faults/stall?=&&",
        "/faults/refuse-subscriptions", "/faults/refuse-upgrades?seconds=0", "/faults/delay",
        "/faults/delay?milliseconds=-1", "/faults/list", "/faults/list?symbol=new", "/faults/list?symbol=A&status=Odd",
        "/faults/refuse-upgrades?seconds=3&retry-after=soon",
    ])
    func refusesBadParameters(_ uri: String) {
        guard case .badRequest = ControlRoute(method: .POST, uri: uri) else {
            Issue.record("accepted \(uri)")
            return
        }
    }
}
