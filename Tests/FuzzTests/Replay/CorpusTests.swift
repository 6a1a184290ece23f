import Foundation
import TestSupport
import Testing

/// What libFuzzer begins with, and what it has found: each reader takes it without a crash and does what it promises.
/// So it does with what is nearly the same.
@Suite(.timeLimit(.minutes(5))) struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    private static func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    private static func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = folder.appending(path: target.name)
        return try names(in: folder).map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) }
    }

    @Test func eachReaderHasItsCorpus() throws {
        #expect(try Self.names(in: Self.folder) == FuzzTarget.all.map(\.name).sorted())
    }

    /// Of a corpus of which nothing is taken, libFuzzer finds nothing behind the first check.
    @Test(arguments: FuzzTarget.all) func itsCorpusIsRead(_ target: FuzzTarget) async throws {
        var taken: [String] = []
        for input in try Self.inputs(of: target) {
            do {
                if try await target.run(input.bytes) { taken.append(input.name) }
            } catch {
                Issue.record("\(input.name): \(error)")
            }
        }
        #expect(!taken.isEmpty)
        let good = try Self.inputs(of: target).map(\.name).filter { $0.hasPrefix("good") }
        #expect(Set(good).isSubset(of: taken), "what is called good is taken")
    }

    @Test(arguments: FuzzTarget.all) func soIsWhatIsNearlyTheSame(_ target: FuzzTarget) async throws {
        var generator = SeededGenerator(seed: 11)
        for input in try Self.inputs(of: target) {
            for _ in 0..<30 {
                let bytes = Self.mutated(input.bytes, using: &generator)
                do {
                    _ = try await target.run(bytes)
                } catch {
                    Issue.record("\(input.name) as \(Data(bytes).base64EncodedString()): \(error)")
                }
            }
        }
    }

    private static func mutated(_ input: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.removeSubrange(place...)
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
            case 2: bytes.insert(contentsOf: bytes[place...].prefix(64), at: place)
            case 3 where place < bytes.count: bytes.remove(at: place)
            default: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
            }
        }
        return bytes
    }
}
