import NIOCore
import NIOHTTP1

/// The handlers of a server's HTTP connection, the same for all our ports: behind them stands who is given an
/// `HTTPRequest` and writes an `HTTPReply`, at once or later. For pages that is an `HTTPRouterHandler`.
///
/// What a connection may hold before it is anything: `maximumHeaderBytes` of one request, parsed, as much of its body as
/// somebody wants, what was read with it (one read, or a TLS record), and one answer. A target that is longer is 414, more
/// fields are 431, more body is 413.
package enum HTTPServerPipeline {
    /// Of the target and all header and trailer fields together.
    static let maximumHeaderBytes = 8192
    static let maximumHeaderFields = 100
    static let bound = "at most \(maximumHeaderFields) fields, and with the target \(maximumHeaderBytes) bytes"
    /// A client says little: small reads keep a connection small.
    package static let readBytes = 512

    package static var limits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = maximumHeaderBytes
        limits.maxHeaderListSize = maximumHeaderBytes
        limits.maxHeaderFieldCount = maximumHeaderFields
        return limits
    }

    /// - Parameters:
    ///   - timeout: How long a request may take, from its first byte until its answer has been taken.
    ///   - wantedBody: How many bytes of body are wanted of such a request; 0 where nobody wants it.
    package static func add(
        to pipeline: ChannelPipeline.SynchronousOperations,
        timeout: TimeAmount,
        wantedBody: @escaping (HTTPRequestHead) -> Int = { _ in 0 },
        now: @escaping () -> Int64 = { WallClock.milliseconds() / 1000 }
    ) throws {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        let intake = HTTPIntake()
        try pipeline.addHandler(intake)
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(
            HTTPExchangeHandler(intake: intake, timeout: timeout, wantedBody: wantedBody, now: now)
        )
    }

    /// After a 101 has been written: from now on what is written goes out as it stands. To be called before somebody is
    /// added who writes.
    package static func stopAnswering(in pipeline: ChannelPipeline.SynchronousOperations) throws {
        try pipeline.removeHandler(context: pipeline.context(handlerType: HTTPResponseEncoder.self), promise: nil)
        try pipeline.removeHandler(context: pipeline.context(handlerType: HTTPExchangeHandler.self), promise: nil)
    }

    /// Behind that, for who speaks from then on and stands last: the bytes that came with the request go to it. Those in the
    /// decoder come first, which hands them on in a later turn of the loop, then those before it. The future ends then.
    package static func stopReading(
        in pipeline: ChannelPipeline.SynchronousOperations
    ) throws -> EventLoopFuture<Void>.Isolated {
        let intake = try pipeline.context(handlerType: HTTPIntake.self)
        let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
        return pipeline.removeHandler(context: decoder).assumeIsolated()
            .flatMap { pipeline.removeHandler(context: intake) }
    }
}
