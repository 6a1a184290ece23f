import BybitCatalog
import Core

@testable import EdgeNode

/// Tests that only name a stream have the exchange's catalog say what it is.
extension StreamDescriptor {
    static func of(_ stream: StreamName) -> StreamDescriptor {
        BybitCatalog().descriptor(of: stream)
            ?? StreamDescriptor(
                name: stream,
                deliveryClass: .event,
                presentation: CanonicalPresentation(stream, source: "test")
            )
    }
}

extension StreamState {
    /// Of BTCUSDT.
    init(_ deliveryClass: DeliveryClass) {
        let kind: BybitStream.Kind =
            switch deliveryClass {
            case .latest: .ticker
            case .delta: .depth(50)
            case .event, .transient: .trade
            }
        guard let stream = try? BybitStream(kind, symbol: "BTCUSDT") else { preconditionFailure("a valid symbol") }
        self.init(stream.descriptor)
    }
}

extension StreamArgument {
    init(_ spelling: String, dialect: DialectID) { self.init(spelling, dialect: dialect, in: BybitCatalog()) }
}

extension ResumeRequest {
    func completed(by token: ResumeToken) -> ResumeRequest { completed(by: token, in: BybitCatalog()) }
}
