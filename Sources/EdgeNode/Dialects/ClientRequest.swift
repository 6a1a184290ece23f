import Core
import NIOCore

/// One request of a client, in whichever dialect.
package struct ClientRequest: Equatable, Sendable {
    package enum Operation: Equatable, Sendable {
        case subscribe([StreamArgument])
        case unsubscribe([StreamArgument])
        case resume(ResumeRequest)
        /// Shows who the client is, or goes on being.
        case authenticate(Credential)
        case ping
        /// The answer to a keep-alive that is a text: it gets none itself.
        case alive
    }

    var dialect: DialectID
    /// The request's `id` as it was written (a JSON string or number), to be echoed; nil where there was none.
    var id: String?
    var operation: Operation
    /// Whether data of what it subscribes to shall come with `times`; nil where the request does not say: then it does where its
    /// resume token says so.
    var tellsTimes: Bool?

    /// A request that can't be carried out.
    package struct Failure: Error, Equatable {
        var id: String?
        var error: ClientError

        package init(id: String?, error: ClientError) {
            self.id = id
            self.error = error
        }
    }

    package init(dialect: DialectID, id: String?, operation: Operation, tellsTimes: Bool? = nil) {
        self.dialect = dialect
        self.id = id
        self.operation = operation
        self.tellsTimes = tellsTimes
    }
}
