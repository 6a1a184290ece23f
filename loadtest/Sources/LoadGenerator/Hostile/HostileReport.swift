import Foundation

/// What a hostile run has seen, as it stands in its JSON. What has no value is left out there.
package struct HostileReport: JSONReport, Sendable {
    package struct Memory: Codable, Sendable {
        package var before = 0
        package var peak = 0

        package var grown: Int { peak - before }
    }

    package struct Times: Codable, Sendable {
        /// Of data when it was read: from the exchange's time on.
        package var age: LatencySummary?
        package var pong: LatencySummary?
        /// Until the first message of a stream that nobody had.
        package var newcomer: LatencySummary?
    }

    package struct Honest: Codable, Sendable {
        package var clients = 0
        package var messages = 0
        /// Places where messages are missing that no gap notice told.
        package var untold = 0
        /// Those that did not stay, by close code or words.
        package var ended: [String: Int] = [:]
        package var served = 0
        /// Streams of newcomers that got nothing.
        package var unserved: [String] = []
        package var quiet = Times()
        package var hostile = Times()
    }

    package struct Crew: Codable, Sendable {
        package let kind: HostileKind
        package var connections = 0
        package var bytesSent = 0
        /// What became of its connections: a close code, `stayed`, `eof`, `reset`, or words.
        package var ended: [String: Int] = [:]
        /// What it measured: the age of what it read, or how long a pong took.
        package var time: LatencySummary?

        init(_ kind: HostileKind) {
            self.kind = kind
        }
    }

    package var url: String
    package var seconds: Double
    /// Of the node's process; nil where it can't be looked at.
    package var memory: Memory?
    package var honest = Honest()
    package var crews: [Crew] = []
    package var isInterrupted = false
    /// In words: where the node did not stand it. Empty where it did.
    package var problems: [String] = []

    mutating func findProblems(memoryBound: Int) {
        if !honest.ended.isEmpty { problems.append("honest clients lost: \(Amount.counts(honest.ended))") }
        if honest.untold > 0 { problems.append("\(honest.untold) times honest clients missed messages untold") }
        if !honest.unserved.isEmpty {
            problems.append("newcomers got nothing of \(honest.unserved.joined(separator: ", "))")
        }
        if honest.messages == 0 { problems.append("honest clients got no message: there is no feed") }
        if let memory, memory.grown > memoryBound {
            problems.append("the node's memory grew by \(Amount.count(memory.grown >> 20)) MB")
        }
    }
}
