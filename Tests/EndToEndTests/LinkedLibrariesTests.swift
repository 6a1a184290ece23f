import Foundation
import TestSupport
import Testing

/// The stores' libraries, hiredis and cnats, are Debian's: a program that has no store runs where they are not installed.
@Suite struct LinkedLibrariesTests {
    @Test(
        "Only programs with stores need hiredis and cnats",
        arguments: [
            ("bybit-simulator", false), ("ingestor", true), ("edge-node", true), ("tidegate", true),
        ]
    )
    func linked(_ program: String, _ hasStores: Bool) throws {
        let libraries = try neededLibraries(of: program)
        #expect(libraries.contains("libc.so"))
        for library in ["libhiredis.so", "libnats.so"] {
            #expect(libraries.contains(library) == hasStores, "\(program) needs \(libraries)")
        }
    }

    /// By the names of its symbols, of which these programs have kept all.
    @Test(
        "Only programs that are nodes have a node in them",
        arguments: [
            ("bybit-simulator", false), ("ingestor", false), ("loadtest", false), ("edge-node", true),
            ("tidegate", true),
        ]
    )
    func hasANode(_ program: String, _ isNode: Bool) throws {
        let bytes = try Data(
            contentsOf: URL(fileURLWithPath: BuiltProducts.executable(program)),
            options: .alwaysMapped
        )
        func has(_ module: String) -> Bool { bytes.range(of: Data("$s\(module.utf8.count)\(module)".utf8)) != nil }
        #expect(has("Platform") && has("EdgeNode") == isNode)
    }

    /// As the dynamic linker resolves them, so also those that come by another library; without their versions.
    private func neededLibraries(of program: String) throws -> Set<String> {
        let lines = try ShortCommand.run("ldd", try BuiltProducts.executable(program))
        let names = lines.compactMap { $0.split(separator: " ").first }
        return Set(
            names.compactMap { name in
                name.drop { $0.isWhitespace }.firstRange(of: ".so").map { String(name[..<$0.upperBound]) }
            }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        )
    }
}
