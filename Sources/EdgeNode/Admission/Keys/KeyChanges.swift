/// What a new version of the document has changed about keys that could be used before. A value.
package struct KeyChanges: Sendable {
    /// Ids of those that are taken no more: removed, disabled, expired, or with another secret now. Connections that have
    /// come with them are to be closed.
    package var gone: Set<String> = []
    /// Those that stand for something else now, by their ids: connections that have come with them are this from now on.
    package var changed: [String: Principal] = [:]

    var isEmpty: Bool { gone.isEmpty && changed.isEmpty }
}
