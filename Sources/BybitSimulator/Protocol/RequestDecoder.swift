#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Turns the text of a client's frame into a request, or into the text that the exchange's decoder complains with.
enum RequestDecoder {
    struct Failure: Error, Equatable {
        let message: String
    }

    static func decode(_ text: String) -> Result<ClientRequest, Failure> {
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { !isWhitespace($0) }) else {
            return .failure(failure("readObjectStart: expect { or n, but found \u{0}", at: 0, in: text))
        }
        if bytes[first] == UInt8(ascii: "n"), bytes[first...].starts(with: Array("null".utf8)) {
            return .success(ClientRequest(requestID: "", operation: "", arguments: []))
        }
        guard bytes[first] == UInt8(ascii: "{") else {
            let found = Character(Unicode.Scalar(bytes[first]))
            return .failure(failure("readObjectStart: expect { or n, but found \(found)", at: first + 1, in: text))
        }
        do {
            return .success(try JSONDecoder().decode(ClientRequest.self, from: Data(bytes)))
        } catch DecodingError.typeMismatch(_, let context) {
            let field = context.codingPath.first?.stringValue ?? ""
            return .failure(failure("ReadString: expects \" or n, but found another type in \(field)", at: 1, in: text))
        } catch {
            return .failure(failure("readFieldHash: malformed JSON", at: bytes.count, in: text))
        }
    }

    /// The shape of jsoniter's errors, which is what the exchange passes on.
    private static func failure(_ reason: String, at position: Int, in text: String) -> Failure {
        let near = text.prefix(10)
        let context = text.prefix(100)
        return Failure(
            message: "Failed to decode incoming data:\(reason), error found in #\(position) byte of ...|\(near)|..., "
                + "bigger context ...|\(context)|..."
        )
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
