import NIOHTTP1

/// Which page answers a request. Immutable; any thread. The pages of a server are a list: of two for the same, the first
/// answers.
package final class HTTPRouter: Sendable {
    private struct Entry {
        let pattern: HTTPPathPattern
        let methods: [HTTPMethod]
        let page: any HTTPPage
    }

    private enum Match {
        case page(any HTTPPage, parameters: [String: String])
        case none(HTTPReply)
    }

    private let entries: [Entry]
    /// Those that some page takes.
    private let methods: [HTTPMethod]
    private let wantsBodies: Bool

    package init(_ pages: [any HTTPPage]) {
        entries = pages.map { page in
            let methods = page.methods.flatMap { $0 == .GET ? [.GET, .HEAD] : [$0] }
            return Entry(pattern: HTTPPathPattern(page.path), methods: methods, page: page)
        }
        methods = Self.union(entries)
        wantsBodies = pages.contains { $0.wantedBody > 0 }
    }

    /// How many bytes of body are wanted of such a request.
    package func wantedBody(of head: HTTPRequestHead) -> Int {
        guard wantsBodies, case .page(let page, _) = match(head) else { return 0 }
        return page.wantedBody
    }

    package func answer(_ request: HTTPRequest) -> HTTPAnswer {
        switch match(request.head) {
        case .none(let refusal): return .now(refusal)
        case .page(let page, let parameters):
            var request = request
            request.parameters = parameters
            return page.answer(request)
        }
    }

    /// A method that no page of the server takes is 405, wherever it is sent.
    private func match(_ head: HTTPRequestHead) -> Match {
        guard methods.contains(head.method) else { return .none(.methodNotAllowed(allowed: methods)) }
        let path = head.path
        var others: [Entry] = []
        for entry in entries {
            guard let parameters = entry.pattern.match(path) else { continue }
            if entry.methods.contains(head.method) { return .page(entry.page, parameters: parameters) }
            others.append(entry)
        }
        return .none(others.isEmpty ? .notFound : .methodNotAllowed(allowed: Self.union(others)))
    }

    private static func union(_ entries: [Entry]) -> [HTTPMethod] {
        entries.reduce(into: []) { sum, entry in sum += entry.methods.filter { !sum.contains($0) } }
    }
}
