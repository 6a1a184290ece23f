import NIOCore

@testable import Ingestor

struct NoDataFrame: Error {}

extension StreamTransform {
    /// What comes of a frame's text.
    func apply(_ text: String) throws -> (outcome: TransformOutcome, messages: [TransformedMessage]) {
        try ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
            guard case .data(let frame) = try BybitFrame(bytes) else { throw NoDataFrame() }
            var messages: [TransformedMessage] = []
            let outcome = try apply(frame, to: &messages)
            return (outcome, messages)
        }
    }
}

extension TransformedMessage {
    var text: String { String(buffer: data) }
}
