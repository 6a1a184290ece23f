import Testing

/// Byte sequences of the Autobahn suite, sections 6.2 to 6.23, with a verdict that doesn't come from the validator.
enum UTF8Samples {
    enum Verdict: Equatable {
        case valid
        /// A beginning of UTF-8 that ends within a scalar.
        case incomplete
        /// The first index with whose byte there is no way left to go on.
        case invalid(at: Int)
    }

    struct Sample: CustomTestStringConvertible {
        let bytes: [UInt8]
        let verdict: Verdict

        init(_ bytes: [UInt8], _ verdict: Verdict) {
            self.bytes = bytes
            self.verdict = verdict
        }

        var testDescription: String {
            bytes.map { String($0, radix: 16) }.joined(separator: " ") + ": \(verdict)"
        }
    }

    /// What the standard library says: a beginning can go on if some continuation makes it valid.
    static func oracle(_ bytes: [UInt8]) -> Verdict {
        if isValid(bytes) { return .valid }
        for end in 1...bytes.count where !canGoOn(Array(bytes.prefix(end))) {
            return .invalid(at: end - 1)
        }
        return .incomplete
    }

    private static func isValid(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    private static func canGoOn(_ bytes: [UInt8]) -> Bool {
        isValid(bytes) || tails.contains { isValid(bytes + $0) }
    }

    /// 80, 90 and A0 between them can follow any first byte that anything can follow.
    private static let tails: [[UInt8]] = [0x80, 0x90, 0xA0].flatMap { (next: UInt8) in
        [[next], [next, 0x80], [next, 0x80, 0x80]]
    }

    /// "κόσμε".
    private static let greek: [UInt8] = [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5]
    private static let edited: [UInt8] = [0x65, 0x64, 0x69, 0x74, 0x65, 0x64]

    static let all: [Sample] =
        [
            Sample([], .valid),
            Sample(Array("Hello-µ@ßöäüàá-UTF-8!!".utf8), .valid),
            Sample(greek, .valid),
            // 6.3, 6.4: known in the middle of the text.
            Sample(greek + [0xED, 0xA0, 0x80] + edited, .invalid(at: 12)),
            Sample(greek + [0xF4, 0x90, 0x80, 0x80] + edited, .invalid(at: 12)),
            // 6.6: cut within a scalar, or not.
            Sample(Array(greek.prefix(1)), .incomplete),
            Sample(Array(greek.prefix(2)), .valid),
            Sample(Array(greek.prefix(3)), .incomplete),
            Sample(Array(greek.prefix(4)), .incomplete),
            Sample(Array(greek.prefix(5)), .valid),
            Sample(Array(greek.prefix(10)), .incomplete),
            // 6.7, 6.9, 6.11: the borders of each length.
            Sample([0x00], .valid),
            Sample([0x7F], .valid),
            Sample([0xC2, 0x80], .valid),
            Sample([0xDF, 0xBF], .valid),
            Sample([0xE0, 0xA0, 0x80], .valid),
            Sample([0xED, 0x9F, 0xBF], .valid),
            Sample([0xEE, 0x80, 0x80], .valid),
            Sample([0xEF, 0xBF, 0xBD], .valid),
            Sample([0xEF, 0xBF, 0xBF], .valid),
            Sample([0xF0, 0x90, 0x80, 0x80], .valid),
            Sample([0xF4, 0x8F, 0xBF, 0xBF], .valid),
            Sample([0xF4, 0x90, 0x80, 0x80], .invalid(at: 1)),
            // 6.8, 6.10: the longer forms that UTF-8 once had, and values over U+10FFFF.
            Sample([0xF5, 0x80, 0x80, 0x80], .invalid(at: 0)),
            Sample([0xF7, 0xBF, 0xBF, 0xBF], .invalid(at: 0)),
            Sample([0xF8, 0x88, 0x80, 0x80, 0x80], .invalid(at: 0)),
            Sample([0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], .invalid(at: 0)),
            Sample([0xFB, 0xBF, 0xBF, 0xBF, 0xBF], .invalid(at: 0)),
            Sample([0xFD, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF], .invalid(at: 0)),
            // 6.12: continuation bytes by themselves.
            Sample([0x80], .invalid(at: 0)),
            Sample([0xBF], .invalid(at: 0)),
            Sample([0x61, 0x80, 0xBF], .invalid(at: 1)),
            Sample([0xC2, 0x80, 0x80], .invalid(at: 2)),
            // 6.13, 6.14: a first byte, and not enough after it.
            Sample([0xC2, 0x20], .invalid(at: 1)),
            Sample([0xE1, 0x20], .invalid(at: 1)),
            Sample([0xE1, 0x80, 0x20], .invalid(at: 2)),
            Sample([0xF1, 0x80, 0x80, 0x20], .invalid(at: 3)),
            Sample([0xDF], .incomplete),
            Sample([0xEF, 0xBF], .incomplete),
            Sample([0xF0, 0x90, 0x80], .incomplete),
            Sample([0xF4, 0x8F], .incomplete),
            Sample([0xE1, 0x80, 0xE1, 0x80, 0x80], .invalid(at: 2)),
            // 6.16: bytes that UTF-8 never has.
            Sample([0xFE], .invalid(at: 0)),
            Sample([0xFF], .invalid(at: 0)),
            // 6.17 to 6.19: overlong forms.
            Sample([0xC0, 0xAF], .invalid(at: 0)),
            Sample([0xC1, 0xBF], .invalid(at: 0)),
            Sample([0xC0, 0x80], .invalid(at: 0)),
            Sample([0xE0, 0x80, 0xAF], .invalid(at: 1)),
            Sample([0xE0, 0x9F, 0xBF], .invalid(at: 1)),
            Sample([0xF0, 0x80, 0x80, 0xAF], .invalid(at: 1)),
            Sample([0xF0, 0x8F, 0xBF, 0xBF], .invalid(at: 1)),
            // 6.20, 6.21: surrogates, alone and in pairs.
            Sample([0xED, 0xA0, 0x80], .invalid(at: 1)),
            Sample([0xED, 0xAD, 0xBF], .invalid(at: 1)),
            Sample([0xED, 0xBF, 0xBF], .invalid(at: 1)),
            Sample([0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80], .invalid(at: 1)),
            // 6.22: noncharacters are valid.
            Sample([0xEF, 0xBF, 0xBE], .valid),
            Sample([0xF0, 0x9F, 0xBF, 0xBE], .valid),
            Sample([0xF3, 0xBF, 0xBF, 0xBF], .valid),
        ]
        // The eight bytes of the fast path: something else at each place of the word.
        + (0..<20).flatMap { ascii in
            let run = [UInt8](repeating: 0x61, count: ascii)
            return [
                Sample(run + [0xE2, 0x82, 0xAC] + run, .valid),
                Sample(run + [0xFF] + run, .invalid(at: ascii)),
                Sample(run + [0xC3], .incomplete),
                Sample(run + [0xC3, 0x61], .invalid(at: ascii + 1)),
                Sample(run + [0xE2, 0x82] + [UInt8](repeating: 0x61, count: 12), .invalid(at: ascii + 2)),
            ]
        }
}
