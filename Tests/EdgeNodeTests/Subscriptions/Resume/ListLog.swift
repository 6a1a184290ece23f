import Core
import Testing

@testable import EdgeNode

/// A log as a plain list: each entry is ten bytes long.
struct ListLog: ReplayLog, CustomTestStringConvertible {
    var entries: [Position]

    init(_ entries: [Position]) { self.entries = entries }

    /// `runs` of sequences, each with its epoch.
    init(_ runs: (epoch: UInt64, sequences: ClosedRange<UInt64>)...) {
        self.entries = runs.flatMap { run in run.sequences.map { Position(epoch: run.epoch, sequence: $0) } }
    }

    var oldest: Position? { entries.first }
    var latest: Position? { entries.last }

    func epoch(at sequence: UInt64) -> UInt64? { entries.first { $0.sequence == sequence }?.epoch }

    func count(after sequence: UInt64) -> Int { entries.filter { $0.sequence > sequence }.count }

    func bytes(after sequence: UInt64) -> Int { 10 * count(after: sequence) }

    var testDescription: String { entries.map { "\($0.epoch):\($0.sequence)" }.joined(separator: " ") }
}
