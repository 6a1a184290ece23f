/// Which client protocol: the number that it has in resume tokens, and by which a catalog knows how it spells streams. A catalog
/// that does not know a dialect spells canonically.
package struct DialectID: Sendable, Hashable {
    package let number: UInt8

    package init(number: UInt8) {
        self.number = number
    }

    package static let op = DialectID(number: 0)
    package static let action = DialectID(number: 1)
    /// The guide's, whose requests carry `type`.
    package static let guide = DialectID(number: 2)
}
