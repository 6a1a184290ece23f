/// The keys that hold now, of all sources. A value; the sources bound how many there are.
struct KeySet: Sendable {
    /// Without those that two sources have.
    let keys: Set<VerificationKey>

    init(_ keys: some Sequence<VerificationKey> = []) { self.keys = Set(keys) }

    /// The only key that fits the header. Nil where none does, and where several do: to try them one after the other would
    /// let a token choose.
    func key(for header: TokenHeader) -> VerificationKey? {
        var found: VerificationKey?
        for key in keys where key.fits(header.algorithm) && (header.keyID == nil || header.keyID == key.id) {
            guard found == nil else { return nil }
            found = key
        }
        return found
    }

    /// Whether the header names a key that is not here, while one that fits otherwise has no name.
    func isNameless(for header: TokenHeader) -> Bool {
        let fitting = keys.filter { $0.fits(header.algorithm) }
        return header.keyID != nil && fitting.contains { $0.id == nil } && !fitting.contains { $0.id == header.keyID }
    }
}
