import Core
import NIOCore

/// What is sent to the exchange.
enum BybitRequest: Equatable {
    enum Operation: String {
        case subscribe, unsubscribe
    }

    case topics(Operation, [String], id: String)
    case ping

    func write(into buffer: inout ByteBuffer) {
        switch self {
        case .ping: buffer.writeStaticString("{\"op\":\"ping\"}")
        case .topics(let operation, let names, let id):
            buffer.writeStaticString("{\"req_id\":")
            buffer.writeJSONString(id)
            buffer.writeStaticString(",\"op\":")
            buffer.writeJSONString(operation.rawValue)
            buffer.writeStaticString(",\"args\":")
            buffer.writeJSONStrings(names)
            buffer.writeStaticString("}")
        }
    }
}
