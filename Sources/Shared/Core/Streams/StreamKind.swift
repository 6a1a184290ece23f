/// One kind of streams that somebody has configured: which names it has, and what they are.
package struct StreamKind: Sendable, Hashable {
    package var pattern: StreamPattern
    package var deliveryClass: DeliveryClass
    package var access: Access
    /// How many entries a history keeps of each; nil: as many as of its class.
    package var retainedEntries: Int?

    package init(
        _ pattern: StreamPattern,
        _ deliveryClass: DeliveryClass,
        access: Access = .everybody,
        retainedEntries: Int? = nil
    ) {
        self.pattern = pattern
        self.deliveryClass = deliveryClass
        self.access = access
        self.retainedEntries = retainedEntries
    }
}
