@testable import Platform

/// A section as a later one will be.
struct ShelvesSection: DocumentSection {
    struct Shelf: Equatable {
        var name: String
        var size: Int
        var isOpen: Bool
    }

    static let key = "shelves"
    let shelves: [Shelf]

    init(_ node: DocumentNode) throws(DocumentError) {
        shelves = try node.entries { node throws(DocumentError) in
            let fields = try node.fields(["kind"], requiring: ["name", "size"])
            return Shelf(
                name: try fields.required("name").text(),
                size: try fields.required("size").number(within: 1...100),
                isOpen: try fields["kind"]?.choice(of: [("open", true), ("closed", false)]) ?? false
            )
        }
    }
}

/// One with a secret.
struct OwnerSection: DocumentSection {
    static let key = "owner"
    let key: DocumentSecret

    init(_ node: DocumentNode) throws(DocumentError) {
        key = try node.fields(requiring: ["key"]).required("key").secret()
    }
}
