/// Who a connection is. Immutable; any thread. An object, so that it costs a session one word and many may share it.
package final class Principal: Sendable {
    /// Whom nobody has asked who they are.
    package static let anonymous = Principal()

    /// Nil where that is not known.
    package let user: String?

    package init(user: String? = nil) {
        self.user = user
    }
}
