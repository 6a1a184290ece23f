import Core
import NIOCore
import NIOHTTP1

/// `/live`: whether every event loop of the process turns. 503 says that it should be ended and begun anew: nothing else helps
/// a loop that is stuck. What may come back by itself, such as a store, has no part in it.
package struct LivePage: HTTPPage {
    /// A loop that has not turned for so long will not.
    package static let patience: TimeAmount = .seconds(10)

    package let path = "/live"
    private let loops: [LoopPulse]
    private let now: @Sendable () -> NIODeadline

    package init(_ loops: [LoopPulse], now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.loops = loops
        self.now = now
    }

    package func answer(_ request: HTTPRequest) -> HTTPAnswer {
        let now = now()
        let stuck = loops.filter { $0.silence(at: now) > Self.patience }
        guard !stuck.isEmpty else { return .now(HTTPReply(.ok, json: #"{"ok":true}"#)) }
        let words = stuck.map { loop in
            "the event loop \(loop.name) has not turned for \(loop.silence(at: now).nanoseconds / 1_000_000_000) s"
        }
        let body = JSONWriter.object { json in
            json.bool("ok", false)
            json.string("reason", words.joined(separator: "; "))
        }
        return .now(HTTPReply(.serviceUnavailable, body: body))
    }
}
