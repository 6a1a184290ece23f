import Core
import NIOCore

/// The guide's: `{"type":"subscribe","exchange":"bybit","symbol":"BTCUSDT"}`, one ticker at a time.
///
/// Its clients know no path, so an upgrade of `/` is theirs; they are welcomed before anything else. It has no
/// sequences that a client could come back with: no resume, and no gap is told, since the next update is the whole state.
package struct GuideDialect: Dialect {
    package let id = DialectID.guide
    package let marker: StaticString? = "type"
    package let path: String? = "/"

    package init() {}

    package func request(
        _ message: ByteBuffer,
        in catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> ClientRequest {
        let fields = try RequestFields(message, marker: "type")
        let operation: ClientRequest.Operation
        switch fields.operation {
        case "subscribe": operation = .subscribe([try stream(of: fields, catalog)])
        case "unsubscribe": operation = .unsubscribe([try stream(of: fields, catalog)])
        case "ping": operation = .ping
        default: throw fields.unknownOperation
        }
        return ClientRequest(dialect: id, id: fields.id, operation: operation)
    }

    package func encoder(of stream: StreamDescriptor) -> any FrameEncoder {
        GuideFrames(symbol: stream.presentation.subject, exchange: stream.presentation.source)
    }

    package func greeting(clientCount: Int) -> ByteBuffer {
        JSONWriter.object { json in
            json.string("type", "welcome")
            json.string("message", "Connected to market data feed")
            json.integer("client_count", clientCount)
        }
    }

    private func stream(
        of fields: RequestFields,
        _ catalog: any StreamCatalog
    ) throws(ClientRequest.Failure) -> StreamArgument {
        guard let exchange = fields.exchange, let symbol = fields.symbol else {
            throw fields.failure(.invalidArguments("exchange and symbol are needed"))
        }
        return StreamArgument(exchange: exchange, symbol: symbol, in: catalog)
    }
}
