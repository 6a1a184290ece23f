import Synchronization

@testable import Platform

/// Keeps the lines that were logged, for a test to read.
final class CollectingSink: LogSink {
    private let collected = Mutex<[String]>([])

    var lines: [String] { collected.withLock { $0 } }

    func emit(_ line: [UInt8]) {
        collected.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }
}

/// 2026-11-21T00:45:07.012Z
let fixedTime = LogTimestamp(milliseconds: 1_795_221_907_012)
