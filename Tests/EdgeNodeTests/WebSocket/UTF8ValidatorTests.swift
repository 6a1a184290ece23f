import EdgeNode
import TestSupport
import Testing

@Suite struct UTF8ValidatorTests {
    /// The verdict on bytes that are given in pieces, each ending at one of `cuts`.
    private func verdict(_ bytes: [UInt8], cuts: [Int] = []) -> UTF8Samples.Verdict {
        var validator = UTF8Validator()
        var start = 0
        for end in cuts + [bytes.count] {
            let piece = Array(bytes[start..<end])
            guard validator.consume(piece.span.bytes) else { return .invalid(at: failing(bytes)) }
            start = end
        }
        return validator.isComplete ? .valid : .incomplete
    }

    /// The index of the byte with which consuming byte by byte fails.
    private func failing(_ bytes: [UInt8]) -> Int {
        var validator = UTF8Validator()
        return bytes.firstIndex { !validator.consume([$0].span.bytes) } ?? bytes.count
    }

    @Test(arguments: UTF8Samples.all)
    func sample(_ sample: UTF8Samples.Sample) {
        #expect(verdict(sample.bytes) == sample.verdict)
        for cut in sample.bytes.indices {
            #expect(verdict(sample.bytes, cuts: [cut]) == sample.verdict)
        }
        // The samples are also a test of the oracle, which the tests below rely on.
        #expect(UTF8Samples.oracle(sample.bytes) == sample.verdict)
    }

    @Test func staysInvalid() {
        var validator = UTF8Validator()
        for piece: [UInt8] in [[0xFF], [0x61], [], [UInt8](repeating: 0x61, count: 16)] {
            let isValid = validator.consume(piece.span.bytes)
            #expect(!isValid)
        }
        #expect(!validator.isComplete)
    }

    @Test func everyPairOfBytes() {
        var wrong = 0
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let bytes = [first, second]
                if verdict(bytes) != UTF8Samples.oracle(bytes) { wrong += 1 }
            }
        }
        #expect(wrong == 0)
    }

    /// The bytes at both sides of each border.
    private static let borders: [UInt8] = [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0,
        0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]

    @Test func everyTripleOfBorders() {
        var wrong = 0
        for first in Self.borders {
            for second in Self.borders {
                for third in Self.borders {
                    let bytes = [first, second, third]
                    if verdict(bytes) != UTF8Samples.oracle(bytes) { wrong += 1 }
                }
            }
        }
        #expect(wrong == 0)
    }

    @Test func everyScalar() {
        var validator = UTF8Validator()
        var wrong = 0
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let bytes = Array(scalar.utf8)
            if !validator.consume(bytes.span.bytes) || !validator.isComplete { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    /// Random bytes: with borders alone, and with long runs of ASCII and of valid scalars between them; cut at random.
    @Test func agreesWithTheStandardLibraryOnRandomBytes() {
        var random = SeededGenerator(seed: 6)
        for round in 0..<30_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    bytes += [UInt8](repeating: 0x61, count: Int.random(in: 0...20, using: &random))
                case 1, 2, 3:
                    let scalar = Unicode.Scalar(UInt32.random(in: 0x80...0x10FFFF, using: &random))
                    bytes += Array((scalar ?? "é").utf8)
                case 4 where round % 2 == 0:
                    bytes += random.bytes(Int.random(in: 0...4, using: &random))
                default:
                    bytes.append(Self.borders.randomElement(using: &random) ?? 0)
                }
            }
            let cuts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                Int.random(in: 0...bytes.count, using: &random)
            }
            let expected = UTF8Samples.oracle(bytes)
            #expect(verdict(bytes) == expected, "\(bytes)")
            #expect(verdict(bytes, cuts: cuts.sorted()) == expected, "\(bytes) cut at \(cuts)")
        }
    }
}
