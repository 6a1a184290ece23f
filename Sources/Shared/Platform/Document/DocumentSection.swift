/// A section of the document: what stands under one key of it. A value, made anew with each version of the document.
///
/// To add one, write a type of this form in Platform or in Stores, since all programs check all sections, and put it into the list
/// of `DocumentSections` in Commands/Composition.
package protocol DocumentSection: Sendable {
    /// Under which it stands in the document.
    static var key: String { get }

    /// Throws all that is wrong in it, with the lines.
    init(_ node: DocumentNode) throws(DocumentError)
}
