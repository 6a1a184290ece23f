import NIOHTTP1

/// What HTTP itself answers, whatever was asked for.
extension HTTPReply {
    package static let notFound = HTTPReply(.notFound, error: "Not found")
    /// Whoever was to answer has not done so in time.
    static let notAnswered = HTTPReply(.serviceUnavailable, error: "No answer in time", headers: [("Retry-After", "5")])

    /// - Parameter methods: Those that would be right.
    static func methodNotAllowed(allowed methods: [HTTPMethod]) -> HTTPReply {
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        return HTTPReply(.methodNotAllowed, error: "Method not allowed", headers: [("Allow", allowed)])
    }

    static func contentTooLarge(limit: Int) -> HTTPReply {
        HTTPReply(.payloadTooLarge, error: "Content too large", reason: "at most \(limit) bytes")
    }

    /// What a request is refused with that the decoder does not take.
    ///
    /// - Parameter isInTarget: Whether the line with the method and the target was not over yet.
    init(refusing error: HTTPParserError, isInTarget: Bool) {
        switch error {
        case .headerOverflow where isInTarget:
            let reason = "at most \(HTTPServerPipeline.maximumHeaderBytes) bytes"
            self.init(.uriTooLong, error: "Request target too long", reason: reason)
        case .headerOverflow:
            let reason = HTTPServerPipeline.bound
            self.init(.requestHeaderFieldsTooLarge, error: "Request header fields too large", reason: reason)
        default: self.init(.badRequest, error: "Malformed HTTP request")
        }
    }
}
