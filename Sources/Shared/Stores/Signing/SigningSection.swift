import Core
import Platform

/// The section `signing` of the document: which streams are signed, and under which keys.
///
/// ```yaml
/// signing:
///   streams: ["orders.{word}", "alerts.{word}"]
///   keys:
///     - id: k2
///       key: {file: /etc/tidegate/k2.pem}
///     - id: k1
///       key: {file: /etc/tidegate/k1-public.pem}
/// ```
/// The ingestor signs under the first key, which must be whole there. Nodes tell all keys to clients, and need their public halves
/// only. `streams` has `StreamPattern`s; streams of class `delta` and `transient` are not signed.
package struct SigningSection: DocumentSection {
    package static let key = "signing"
    private static let maximumKeys = 16

    /// A pattern, and where it stands.
    package struct Streams: Sendable {
        package let pattern: StreamPattern
        package let line: Int?
    }

    package let streams: [Streams]
    /// Never empty: the first signs.
    package let keys: [SigningKey]

    package init(_ node: DocumentNode) throws(DocumentError) {
        let fields = try node.fields(requiring: ["streams", "keys"])
        streams = try fields.required("streams").entries { entry throws(DocumentError) in
            Streams(pattern: try Self.pattern(entry), line: entry.line)
        }
        var ids: Set<String> = []
        let list = try fields.required("keys")
        keys = try list.entries { entry throws(DocumentError) in
            let fields = try entry.fields(requiring: ["id", "key"])
            let name = try fields.required("id")
            let id = try name.text()
            guard PublicationSignature.isID(id) else {
                throw name.refusal(
                    "is not made of 1 to \(PublicationSignature.maximumIDLength) letters, digits, - and _"
                )
            }
            guard ids.insert(id).inserted else { throw name.refusal("is there twice") }
            let secret = try fields.required("key")
            guard let key = SigningKey(id: id, pem: try secret.secret().value) else {
                throw secret.refusal(
                    "is no Ed25519 key in PEM, as `openssl genpkey -algorithm ed25519` writes one, nor the public half of one"
                )
            }
            return key
        }
        guard (1...Self.maximumKeys).contains(keys.count) else {
            throw list.refusal("has \(keys.count) keys; give 1 to \(Self.maximumKeys)")
        }
    }

    package func covers(_ stream: StreamName) -> Bool {
        let pieces = stream.canonical.split(separator: ".", omittingEmptySubsequences: false)
        return streams.contains { $0.pattern.matches(pieces) }
    }

    private static func pattern(_ node: DocumentNode) throws(DocumentError) -> StreamPattern {
        let text = try node.text()
        do throws(StreamPattern.Malformed) {
            return try StreamPattern(text)
        } catch {
            throw node.refusal("makes no sense: \(error)")
        }
    }
}
