import Core
import NIOCore

/// A client protocol: how requests are read, how replies and data are written, how a client is greeted, kept alive and let
/// go. A pure value: what it answers depends on nothing but what it is given, and any loop may ask it.
///
/// A new one is a folder beside the others and a place in the list of `Commands`; nothing else knows how many there are. Where it
/// spells streams otherwise than canonically, their catalog says how.
package protocol Dialect: Sendable {
    /// Stands in resume tokens: never changed, never given to another.
    var id: DialectID { get }

    /// The key at the top of a JSON object that says that a request is in this dialect, where several are mixed on one
    /// connection; nil for one that is spoken on its own path only, and alone.
    var marker: StaticString? { get }

    /// The path of those who speak it from the start, and are greeted at once; nil where it has none of its own.
    var path: String? { get }

    /// Reads one message.
    ///
    /// - Parameter catalog: Says which streams its names are.
    func request(_ message: ByteBuffer, in catalog: any StreamCatalog) throws(ClientRequest.Failure) -> ClientRequest

    /// - Parameter id: That of the request, as JSON.
    /// - Returns: Empty where the dialect has no such message.
    func text(of reply: ClientReply, id: String?) -> ByteBuffer

    /// What makes the frames of a stream.
    func encoder(of stream: StreamDescriptor) -> any FrameEncoder

    /// The same for clients that have asked for `times` in each frame of data: the exchange's, the ingestor's, and when the frame
    /// was made.
    func encoder(of stream: StreamDescriptor, timedBy clock: @escaping FrameClock) -> any FrameEncoder

    /// What a client is told before anything else; empty where it is told nothing.
    func greeting(clientCount: Int) -> ByteBuffer

    /// How a silent client is asked whether it is still there.
    var keepAlive: KeepAlive { get }

    /// With which code a client is let go; what breaks RFC 6455 itself is closed with that one's.
    func closeCode(for departure: Departure) -> CloseCode
}

/// What a dialect has that says nothing else.
extension Dialect {
    package var marker: StaticString? { nil }

    package var path: String? { nil }

    /// Its frames have no place for times.
    package func encoder(of stream: StreamDescriptor, timedBy clock: @escaping FrameClock) -> any FrameEncoder {
        encoder(of: stream)
    }

    package func greeting(clientCount: Int) -> ByteBuffer { ByteBuffer() }

    package var keepAlive: KeepAlive { .pingFrame }

    package func closeCode(for departure: Departure) -> CloseCode { departure.tidegateCode }
}
