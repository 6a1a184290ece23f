import NIOCore

@testable import EdgeNode

/// What a proxy says in front of a connection.
enum ProxyHeaderTarget {
    private typealias Verdict = Result<ProxyHeader?, ProxyHeader.Fault>

    static func run(_ input: [UInt8]) throws -> Bool {
        let bytes = ByteBuffer(bytes: input)
        var rest = bytes
        let whole = read(&rest)
        for length in 0...input.count {
            guard var begun = bytes.getSlice(at: 0, length: length) else { break }
            let verdict = read(&begun)
            guard verdict != .success(nil) else {
                try BrokenPromise.unless(begun.readableBytes == length, "what is not whole is left as it is")
                continue
            }
            try BrokenPromise.unless(verdict == whole, "a header means the same however it is cut")
            guard case .success = verdict else { return false }
            let isSameRest = length - begun.readableBytes == input.count - rest.readableBytes
            try BrokenPromise.unless(isSameRest, "what is behind a header stays")
            return true
        }
        try BrokenPromise.unless(whole == .success(nil), "a header means the same however it is cut")
        try BrokenPromise.unless(input.count < ProxyHeaderV2.maximumLength, "what is waited for is bounded")
        return false
    }

    private static func read(_ bytes: inout ByteBuffer) -> Verdict {
        do throws(ProxyHeader.Fault) {
            return .success(try ProxyHeader.read(from: &bytes))
        } catch {
            return .failure(error)
        }
    }
}
