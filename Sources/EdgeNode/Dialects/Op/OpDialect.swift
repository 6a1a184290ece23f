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

    package func encoder(of stream: StreamDescriptor) -> any FrameEncoder {
        SequencedFrames(name: "\(brand).\(stream.presentation.name(in: id))", source: brand, dialect: self)
    }
}
