import NIOHTTP1

/// One page of a server: where it is, what may be asked of it, and its answer. Called on the loop of whichever connection
/// asks: it must not block.
package protocol HTTPPage: Sendable {
    /// `/health`; a name in braces, as in `/streams/{name}`, stands for one part of a path, whatever it is.
    var path: String { get }
    /// HEAD comes with GET.
    var methods: [HTTPMethod] { get }
    /// How many bytes of a body it wants: more is 413. 0: none; what comes is not kept.
    var wantedBody: Int { get }

    func answer(_ request: HTTPRequest) -> HTTPAnswer
}

extension HTTPPage {
    package var methods: [HTTPMethod] { [.GET] }
    package var wantedBody: Int { 0 }
}

/// What a page says to a request.
package enum HTTPAnswer: Sendable {
    case now(HTTPReply)
    /// Takes its time, off the loop. Cancelled when the client leaves, and when the time for a request is over: it should
    /// heed that, for a client may come again and ask for the same.
    case later(@Sendable () async -> HTTPReply)
}
