import Core
import NIOCore

/// `{"op":"subscribe","args":["ticker:BTCUSDT"]}`; its data frames carry the brand.
package struct OpDialect: Dialect {
    static let key = "op"

    package let id = DialectID.op
    package let marker: StaticString? = "op"
    private let brand: String

    package init(brand: String) {
        self.brand = brand
    }

    package func request(
        _ message: ByteBuffer,
        in catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> ClientRequest {
        try RequestFields(message, marker: "op").request(in: id, catalog)
    }

    package func encoder(of stream: StreamDescriptor) -> any FrameEncoder { frames(of: stream, clock: nil) }

    package func encoder(of stream: StreamDescriptor, timedBy clock: @escaping FrameClock) -> any FrameEncoder {
        frames(of: stream, clock: clock)
    }

    private func frames(of stream: StreamDescriptor, clock: FrameClock?) -> SequencedFrames {
        let name = "\(brand).\(stream.presentation.name(in: id))"
        return SequencedFrames(name: name, source: brand, dialect: self, clock: clock)
    }
}
