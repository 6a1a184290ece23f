/// Tells when files that belong together have changed, by what each look at them finds. Pure.
///
/// A new version counts when it has stood still from one look to the next: not while somebody writes it, nor between the two
/// steps of a replacement.
package struct FileChanges: Sendable {
    package enum Finding: Sendable, Equatable {
        case nothing
        /// There is a version that is to be read. Told once for each.
        case changed
        /// One has been missing for too long to be on its way. Told once.
        case missing
    }

    /// Looks after which a missing file is no replacement any more.
    package static let patience = 15

    /// The version that was told last.
    private var told: [FileSignature]?
    /// As of the last look.
    private var seen: [FileSignature]?
    /// Looks since all were there.
    private var absences = 0

    /// - Parameter found: Those of the files as they are read first, taken before; nil where one is missing.
    package init(_ found: [FileSignature]?) {
        told = found
        seen = found
    }

    /// - Parameter found: Nil where one of them is missing.
    package mutating func look(_ found: [FileSignature]?) -> Finding {
        defer { seen = found }
        guard let found else {
            absences = min(absences + 1, Self.patience + 1)
            return absences == Self.patience ? .missing : .nothing
        }
        absences = 0
        guard found != told, found == seen else { return .nothing }
        told = found
        return .changed
    }

    /// Of the files at these paths; nil where one is missing. May block.
    package static func signatures(of paths: [String]) -> [FileSignature]? {
        let found = paths.compactMap { FileSignature(path: $0) }
        return found.count == paths.count ? found : nil
    }
}
