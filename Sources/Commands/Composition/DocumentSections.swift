import Platform
import Stores

/// The sections that the document may have, whichever program reads it. Each is parsed by a type below all programs, so that one
/// that has no use for a section still says what is wrong with it.
package enum DocumentSections {
    package static let all: [any DocumentSection.Type] = [
        StreamsSection.self, PoliciesSection.self, KeysSection.self, SigningSection.self,
    ]
}
