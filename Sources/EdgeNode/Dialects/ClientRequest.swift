import Core
import NIOCore

/// One request of a client, in whichever dialect.
struct ClientRequest: Equatable {
    enum Operation: Equatable {
        case subscribe([StreamArgument])
        case unsubscribe([StreamArgument])
        case resume(ResumeRequest)
        case ping
    }

    var dialect: Dialect
    /// The request's `id` as it was written (a JSON string or number), to be echoed; nil where there was none.
    var id: String?
    var operation: Operation

    /// A request that can't be carried out; `dialect` is nil where it carried no key to tell.
    struct Failure: Error, Equatable {
        var dialect: Dialect?
        var id: String?
        var error: ClientError
    }

    /// - Parameter catalog: Says which streams its names are.
    init(_ message: ByteBuffer, in catalog: any StreamCatalog) throws(Failure) {
        let result = message.withUnsafeReadableBytes { bytes in
            Result { () throws(Failure) in try RequestFields(bytes).request(in: catalog) }
        }
        self = try result.get()
    }

    init(dialect: Dialect, id: String?, operation: Operation) {
        self.dialect = dialect
        self.id = id
        self.operation = operation
    }
}
