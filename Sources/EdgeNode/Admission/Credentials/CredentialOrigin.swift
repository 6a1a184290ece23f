/// Where a credential was shown: what a service that judges it may want to know. A value.
package struct CredentialOrigin: Sendable, Hashable {
    /// The client's address, behind proxies too; nil where it is not known.
    package var address: String?
    /// The header `Origin`; nil where there is none.
    package var origin: String?
    /// Of the request, without its query.
    package var path: String

    package init(address: String?, origin: String?, path: String) {
        self.address = address
        self.origin = origin
        self.path = path
    }
}
