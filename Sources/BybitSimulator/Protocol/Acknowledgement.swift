/// The one answer that every request gets, in the shape of the linear category: `req_id` is always there.
struct Acknowledgement: Equatable, Sendable {
    var success: Bool
    var message: String
    var connectionID: String
    var requestID: String
    var operation: String

    var json: String {
        "{\"success\":\(success),\"ret_msg\":\(JSONText.quoted(message)),\"conn_id\":\(JSONText.quoted(connectionID)),"
            + "\"req_id\":\(JSONText.quoted(requestID)),\"op\":\(JSONText.quoted(operation))}"
    }
}
