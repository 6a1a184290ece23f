import EdgeNode
import Platform
import Stores

/// The sections that the document may have: each is read by a type in the folder of what it configures.
package enum DocumentSections {
    package static let all: [any DocumentSection.Type] = [
        StreamsSection.self, PoliciesSection.self, KeysSection.self, SigningSection.self,
    ]
}
