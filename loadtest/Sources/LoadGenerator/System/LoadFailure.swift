/// What keeps a run from being one, in words for the person who started it.
package struct LoadFailure: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
