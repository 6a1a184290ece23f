import Core
import NIOCore

/// `{"action":"subscribe","streams":["ticker.btc_usdt"]}`.
package struct ActionDialect: Dialect {
    static let key = "action"

    package let id = DialectID.action
    package let marker: StaticString? = "action"

    package init() {}

    package func request(
        _ message: ByteBuffer,
        in catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> ClientRequest {
        try RequestFields(message, marker: "action").request(in: id, catalog)
    }

    package func encoder(of stream: StreamDescriptor) -> any FrameEncoder { frames(of: stream, clock: nil) }

    package func encoder(of stream: StreamDescriptor, timedBy clock: @escaping FrameClock) -> any FrameEncoder {
        frames(of: stream, clock: clock)
    }

    private func frames(of stream: StreamDescriptor, clock: FrameClock?) -> SequencedFrames {
        SequencedFrames(name: stream.presentation.name(in: id), source: nil, dialect: self, clock: clock)
    }
}
