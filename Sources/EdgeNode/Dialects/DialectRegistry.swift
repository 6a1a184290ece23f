import Core
import NIOCore

/// The dialects of a node, in the order in which their markers count: where a request carries several, the first decides.
/// Immutable: any loop may ask it.
package struct DialectRegistry: Sendable {
    private let list: [any Dialect]
    /// By the number of each.
    private let byNumber: [(any Dialect)?]

    /// - Parameter dialects: One at least; no two with the same id, marker or path. The first is that of who has not said
    ///   anything yet.
    package init(_ dialects: [any Dialect]) {
        precondition(!dialects.isEmpty, "a node needs a dialect")
        var byNumber: [(any Dialect)?] = Array(repeating: nil, count: 1 + Int(dialects.map(\.id.number).max() ?? 0))
        for dialect in dialects {
            let number = Int(dialect.id.number)
            precondition(byNumber[number] == nil, "two dialects have the number \(number)")
            byNumber[number] = dialect
        }
        for names in [dialects.compactMap { $0.marker?.description }, dialects.compactMap(\.path)] {
            precondition(Set(names).count == names.count, "two dialects have the same marker or path")
        }
        self.list = dialects
        self.byNumber = byNumber
    }

    var first: DialectID { list[0].id }

    var all: [DialectID] { list.map(\.id) }

    /// The first where the node has none of that id.
    subscript(id: DialectID) -> any Dialect {
        guard Int(id.number) < byNumber.count, let dialect = byNumber[Int(id.number)] else { return list[0] }
        return dialect
    }

    func dialect(atPath path: Substring) -> DialectID? {
        list.first { $0.path.map { $0 == path } ?? false }?.id
    }

    /// The dialect whose marker stands in a message; nil where none does, as far as the message is JSON.
    func dialect(markedIn message: ByteBuffer) -> DialectID? {
        message.withUnsafeReadableBytes { bytes in
            var cursor = JSONCursor(bytes)
            var place: Int?
            // What is no JSON is found out by who reads the message: in the dialect that it began in.
            try? cursor.object { (key, cursor) throws(JSONError) in
                let found = list.firstIndex { $0.marker.map { key.equals($0) } ?? false }
                try cursor.skip()
                if let found { place = min(place ?? found, found) }
            }
            return place.map { list[$0].id }
        }
    }
}
