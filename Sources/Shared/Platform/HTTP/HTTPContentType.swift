/// What an answer's body is, as its header says.
package struct HTTPContentType: Sendable, Equatable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static let json = HTTPContentType("application/json")
    package static let text = HTTPContentType("text/plain; charset=utf-8")
    package static let bytes = HTTPContentType("application/octet-stream")
}
