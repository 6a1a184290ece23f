import CHiredis
import NIOCore

/// Builds values out of what hiredis's parser finds: it calls for each element in the order of the bytes.
///
/// Lives on its reader's event loop. A reply beyond `maximumBytes` is refused by answering the parser with no object,
/// which makes it stop with an error.
final class RESPBuilder {
    private struct Level {
        let count: Int
        var elements: [RESPValue]
    }

    /// What an element costs here beside its bytes: so that a reply of a million empty elements is bounded as well.
    private static let elementCost = MemoryLayout<RESPValue>.stride

    /// The parser's callbacks. It gives each the task's `privdata`, which is the builder of the reader that runs.
    static let functions = redisReplyObjectFunctions(
        createString: { task, bytes, length in
            guard let task, let bytes else { return nil }
            // Valid during this call, `length` bytes of the parser's buffer: copied by `string`.
            let buffer = UnsafeRawBufferPointer(start: bytes, count: length)
            return RESPBuilder.of(task)?.add(RESPBuilder.string(buffer, type: task.pointee.type), bytes: length)
        },
        createArray: { task, count in
            guard let task else { return nil }
            return RESPBuilder.of(task)?.open(count: Int(count))
        },
        createInteger: { task, number in
            guard let task else { return nil }
            return RESPBuilder.of(task)?.add(.integer(number), bytes: 0)
        },
        createNil: { task in
            guard let task else { return nil }
            return RESPBuilder.of(task)?.add(.null, bytes: 0)
        },
        // Nothing was allocated for the parser.
        freeObject: { _ in }
    )

    private let maximumBytes: Int
    private var levels: [Level] = []
    private var reply = RESPValue.null
    private var bytes = 0
    private(set) var isOverBound = false

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    func takeReply() -> RESPValue {
        defer { (reply, bytes) = (.null, 0) }
        return reply
    }

    private static func of(_ task: UnsafePointer<redisReadTask>) -> RESPBuilder? {
        // Set by `RESPReader`, which holds the builder while the parser runs.
        task.pointee.privdata.map { Unmanaged<RESPBuilder>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func string(_ bytes: UnsafeRawBufferPointer, type: Int32) -> RESPValue {
        switch type {
        case REDIS_REPLY_STATUS: .simple(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(String(decoding: bytes, as: UTF8.self))
        default: .bulk(ByteBuffer(bytes: bytes))
        }
    }

    /// The parser wants a pointer that isn't nil, and only hands it back.
    private var object: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    private func charge(_ more: Int) -> Bool {
        bytes += more + Self.elementCost
        if bytes > maximumBytes { isOverBound = true }
        return !isOverBound
    }

    private func open(count: Int) -> UnsafeMutableRawPointer? {
        guard charge(0) else { return nil }
        levels.append(Level(count: count, elements: []))
        // A claim is no reason to take memory.
        levels[levels.count - 1].elements.reserveCapacity(min(count, 1024))
        closeFull()
        return object
    }

    private func add(_ value: RESPValue, bytes: Int) -> UnsafeMutableRawPointer? {
        guard charge(bytes) else { return nil }
        place(value)
        closeFull()
        return object
    }

    private func place(_ value: RESPValue) {
        if levels.isEmpty { reply = value } else { levels[levels.count - 1].elements.append(value) }
    }

    private func closeFull() {
        while let level = levels.last, level.elements.count >= level.count {
            levels.removeLast()
            place(.array(level.elements))
        }
    }
}

@available(*, unavailable)
extension RESPBuilder: Sendable {}
