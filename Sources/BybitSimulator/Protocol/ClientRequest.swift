/// A request as a client sent it. Stray keys are ignored; an integer `req_id` is kept as its digits.
struct ClientRequest: Sendable, Equatable {
    var requestID: String
    var operation: String
    var arguments: [String]
}

extension ClientRequest: Decodable {
    private enum CodingKeys: String, CodingKey {
        case requestID = "req_id"
        case operation = "op"
        case arguments = "args"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let number = try? container.decode(Int64.self, forKey: .requestID) {
            requestID = String(number)
        } else {
            requestID = try container.decodeIfPresent(String.self, forKey: .requestID) ?? ""
        }
        operation = try container.decodeIfPresent(String.self, forKey: .operation) ?? ""
        arguments = try container.decodeIfPresent([String].self, forKey: .arguments) ?? []
    }
}
