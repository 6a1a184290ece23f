/// Finds policies that can fit no stream: whoever has written one in the spelling of a dialect, `trades.*`, believes that something is
/// protected which is not. Pure.
package struct PolicyCheck {
    /// Stands for any part: a symbol, which is a word as well.
    private static let word = "BTCUSDT"

    private let catalog: any StreamCatalog

    package init(_ catalog: any StreamCatalog) {
        self.catalog = catalog
    }

    /// What is wrong, and what would be right; nil where there may be a stream of the pattern. Follows the pattern.
    package func objection(to policy: AccessPolicy) -> String? {
        guard !fits(policy) else { return nil }
        return "fits no stream, so it grants and protects nothing; \(advice(policy))"
    }

    private func fits(_ policy: AccessPolicy) -> Bool {
        catalog.patterns.contains { pattern in
            guard let text = pattern.name(with: policy.pieces, word: Self.word),
                let name = try? StreamName(canonical: text)
            else { return false }
            // Also a name of a pattern may be none of a stream's, as that of a symbol in small letters.
            return catalog.descriptor(of: name) != nil
        }
    }

    private func advice(_ policy: AccessPolicy) -> String {
        let types = Set(catalog.patterns.map(\.typeName)).sorted()
        let canonical = canonicalName(of: policy)
        let written = policy.pieces[0] ?? ""
        let type = canonical.map { String($0.prefix { $0 != "." }) } ?? nearestName(to: written, among: types)
        let shapes =
            type.map { type in Set(catalog.patterns.filter { $0.typeName == type }.map(Self.shape)).sorted() } ?? []
        switch (canonical, type) {
        case (let name?, _):
            let isShape = shapes.contains { $0.count { $0 == "." } == policy.pieces.count - 1 }
            return "write \(name)" + (isShape ? "" : ", or \(shapes.joined(separator: ", ")) for all of them")
        case (nil, let type?): return "streams of \(type) are \(shapes.joined(separator: " or "))"
        case (nil, nil): return "there are streams of \(types.joined(separator: ", "))"
        }
    }

    /// As the policy would be where it is a dialect's spelling of a stream; nil where it is none.
    private func canonicalName(of policy: AccessPolicy) -> String? {
        let spelling = policy.pieces.map { $0 ?? Self.word }.joined(separator: ".")
        for dialect in [DialectID.op, .action] {
            guard let name = try? catalog.resolve(spelling, in: dialect).name.canonical else { continue }
            var parts = name.split(separator: ".").map(String.init)
            // All dialects have the symbol or the owner at the end.
            if policy.pieces.last == .some(nil), let end = policy.description.split(separator: ".").last {
                parts[parts.count - 1] = String(end)
            }
            return parts.joined(separator: ".")
        }
        return nil
    }

    private static func shape(_ pattern: StreamPattern) -> String {
        ([pattern.typeName] + Array(repeating: "*", count: pattern.length - 1)).joined(separator: ".")
    }
}
