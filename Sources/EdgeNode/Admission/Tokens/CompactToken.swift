import Core

/// A token taken apart (RFC 7515, section 7.1) and looked at strictly, before anything is asked of a key. Nothing in it is
/// verified yet. A value.
///
/// Base64 has to be the one spelling of its bytes: otherwise one token could be written in several ways, and one that was
/// revoked by its digest would come again under another.
struct CompactToken: Sendable {
    /// Bytes of a whole token. A longer one is refused unread.
    static let maximumLength = 16 << 10

    let header: TokenHeader
    let claims: [String: ClaimValue]
    /// What is signed.
    let content: [UInt8]
    let signature: [UInt8]

    init(_ text: String) throws(TokenFault) {
        guard !Self.isTooLong(text) else { throw .tooLong }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(String(parts[2])) else { throw .malformed }
        header = try TokenHeader(Self.fields(of: parts[0]))
        claims = try Self.fields(of: parts[1])
        content = Array(text[..<parts[1].endIndex].utf8)
        self.signature = signature
    }

    static func isTooLong(_ text: String) -> Bool { text.utf8.count > maximumLength }

    private static func fields(of part: Substring) throws(TokenFault) -> [String: ClaimValue] {
        guard let bytes = Base64URL.decode(String(part)) else { throw .malformed }
        let value: ClaimValue
        switch ClaimValue.read(bytes) {
        case .success(let read): value = read
        case .failure(let error): throw error.reason == .duplicateKey ? .duplicate : .malformed
        }
        guard case .object(let fields) = value else { throw .malformed }
        return fields
    }
}
