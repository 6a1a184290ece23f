import CHiredis
import NIOCore

/// Takes replies out of the bytes that a connection reads: hiredis's parser, with values built by `RESPBuilder`.
///
/// Lives on one connection's event loop. Bounded by `maximumReplyBytes` (what a reply holds and what of it is not yet
/// parsed) and by hiredis's own bound of seven nested arrays; beyond either, or at bytes that are no RESP, it throws
/// and is of no more use.
final class RESPReader {
    /// hiredis moves what it has not parsed to the front of its buffer again and again: cheap if that is never much.
    private static let feedLength = 4096

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let builder: RESPBuilder
    private let maximumReplyBytes: Int

    init(maximumReplyBytes: Int) throws(RedisError) {
        functions = .allocate(capacity: 1)
        functions.initialize(to: RESPBuilder.functions)
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            throw .malformedReply("no memory for a parser")
        }
        self.reader = reader
        self.maximumReplyBytes = maximumReplyBytes
        builder = RESPBuilder(maximumBytes: maximumReplyBytes)
        // Not retained: the builder lives as long as this object, and the parser calls it only from `read`.
        reader.pointee.privdata = Unmanaged.passUnretained(builder).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    /// Calls `body` for each reply that is complete with these bytes.
    func read(_ bytes: ByteBuffer, _ body: (RESPValue) -> Void) throws(RedisError) {
        // The pointers below are used only inside this closure.
        let result = bytes.withUnsafeReadableBytes { bytes -> Result<Void, RedisError> in
            var offset = 0
            while offset < bytes.count {
                let length = min(bytes.count - offset, Self.feedLength)
                let start = bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
                guard redisReaderFeed(reader, start, length) == REDIS_OK else { return .failure(failure()) }
                offset += length
                do throws(RedisError) { try parse(body) } catch { return .failure(error) }
            }
            return .success(())
        }
        try result.get()
    }

    private func parse(_ body: (RESPValue) -> Void) throws(RedisError) {
        while true {
            var object: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw failure() }
            guard object != nil else { break }
            body(builder.takeReply())
        }
        // A string is only built when the whole of it is there.
        guard reader.pointee.len - reader.pointee.pos <= maximumReplyBytes else {
            throw .replyTooLarge(maximumReplyBytes)
        }
    }

    private func failure() -> RedisError {
        guard !builder.isOverBound else { return .replyTooLarge(maximumReplyBytes) }
        let words = withUnsafeBytes(of: &reader.pointee.errstr) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return .malformedReply(words)
    }
}

@available(*, unavailable)
extension RESPReader: Sendable {}
