import Foundation

/// What the floor has measured: the least that sending a message to each of many sockets costs on this machine.
package struct FloorReport: JSONReport, Sendable {
    package var scenario = "floor"
    package var clients = 0
    package var bytes = 0
    package var rate = 0.0
    /// Messages that were sent in the measured time.
    package var sent = 0
    package var seconds = 0.0
    package var sentPerSecond = 0.0
    package var cpuSeconds = 0.0
    package var cpuMicrosecondsPerMessage: Double?
    /// Sends that found no room in the socket, or not for all; the loop then waited for it.
    package var blocked = 0
    /// Clients that left before the end.
    package var closed = 0
    package var isInterrupted = false

    package var table: String {
        let perMessage = cpuMicrosecondsPerMessage.map { ", \(Amount.decimal($0)) µs per message" } ?? ""
        return """
            floor
              clients   \(Amount.count(clients)), \(Amount.count(closed)) left
              measured  \(Amount.decimal(seconds)) s
              sent      \(Amount.count(sent)), \(Amount.count(Int(sentPerSecond.rounded())))/s of \(bytes) bytes
              blocked   \(Amount.count(blocked))
              CPU       \(Amount.decimal(cpuSeconds)) s\(perMessage)
            """
    }
}
