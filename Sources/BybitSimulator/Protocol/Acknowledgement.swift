import Core
import NIOCore

/// The one answer that every request gets, in the shape of the linear category: `req_id` is always there.
struct Acknowledgement: Equatable, Sendable {
    var success: Bool
    var message: String
    var connectionID: String
    var requestID: String
    var operation: String

    var json: ByteBuffer {
        JSONWriter.object {
            $0.bool("success", success)
            $0.string("ret_msg", message)
            $0.string("conn_id", connectionID)
            $0.string("req_id", requestID)
            $0.string("op", operation)
        }
    }
}
