import BybitCatalog
import Core

@testable import EdgeNode

/// Names of streams as clients spell them. The first byte says in which dialect: `@` op, `A` action, `B` the guide's,
/// `C` one without spellings of its own.
enum StreamNameTarget {
    private static let dialects: [DialectID] = [.op, .action, .guide, DialectID(number: 3)]
    private static let catalog = BybitCatalog()

    static func run(_ input: [UInt8]) throws -> Bool {
        guard let text = String(validating: input.dropFirst(), as: UTF8.self) else { return false }
        try checkUser(text)
        checkPatterns(text)
        let dialect = dialects[Int(input.first ?? 0) % dialects.count]
        guard let stream = try? catalog.resolve(text, in: dialect) else { return false }
        let name = stream.name.canonical
        try BrokenPromise.unless(name.utf8.count <= StreamName.maximumLength, "a name is within its bound")
        try BrokenPromise.unless((try? StreamName(canonical: name)) == stream.name, "a name is well formed: \(name)")
        try BrokenPromise.unless(catalog.descriptor(of: stream.name) == stream, "a name means what its spelling does")
        for dialect in dialects {
            let again = try? catalog.resolve(name, in: dialect)
            try BrokenPromise.unless(again == stream, "every dialect takes the canonical name \(name)")
        }
        let isGranted = Permissions().grants(stream, to: Principal(user: "*"))
        try BrokenPromise.unless(isGranted == isForStar(stream), "who is called * has nobody else's streams")
        return true
    }

    /// A user of any name is one part of a stream's, and its own only.
    private static func checkUser(_ user: String) throws {
        guard let part = UserPart(of: user) else { return }
        try BrokenPromise.unless(StreamName.isPart(part.text), "a user is one part of a name: \(part.text)")
        let isItself = user.utf8.allSatisfy { StreamName.isPart(String(UnicodeScalar($0))) }
        try BrokenPromise.unless((part.text == user) == isItself, "only plain users stand for themselves")
        guard let own = try? StreamName(canonical: "orders.\(part.text)") else { return }
        let isCovered = StreamGrants(["orders.$sub"], user: user).cover(own)
        try BrokenPromise.unless(isCovered, "a user's own streams are its own")
    }

    /// What stands in documents and tokens.
    private static func checkPatterns(_ text: String) {
        _ = try? StreamPattern(text)
        _ = try? AccessPolicy(text, .everybody)
        _ = try? AccessPolicy(text, .owner)
        _ = StreamGrants([text], user: text)
        _ = Permissions().mayKnow(of: text, .anonymous)
    }

    /// Whether it is everybody's, or of who is called `*`.
    private static func isForStar(_ stream: StreamDescriptor) -> Bool {
        switch stream.access {
        case .everybody: true
        case .owner(let owner): owner == "%2A"
        case .authenticated, .role: false
        }
    }
}
