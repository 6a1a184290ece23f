import FeedKit
import NIOCore

@testable import BybitFeed

struct NoDataFrame: Error {}

extension StreamTransform {
    /// What comes of a frame's text.
    func apply(_ text: String) throws -> (outcome: TransformOutcome, messages: [FeedMessage]) {
        try ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
            guard case .data(let frame) = try BybitFrame(bytes) else { throw NoDataFrame() }
            var messages: [FeedMessage] = []
            let outcome = try apply(frame, to: &messages)
            return (outcome, messages)
        }
    }
}

extension FeedMessage {
    var text: String { String(buffer: data) }
}
