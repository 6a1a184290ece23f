import Core
import NIOCore

/// What is sent to the exchange.
enum BybitRequest: Equatable {
    enum Operation: String {
        case subscribe, unsubscribe
    }

    case topics(Operation, [String], id: String)
    case ping

    var text: ByteBuffer {
        JSONWriter.object {
            switch self {
            case .ping: $0.string("op", "ping")
            case .topics(let operation, let names, let id):
                $0.string("req_id", id)
                $0.string("op", operation.rawValue)
                $0.strings("args", names)
            }
        }
    }
}
