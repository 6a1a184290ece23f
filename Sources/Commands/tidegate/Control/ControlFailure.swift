import ArgumentParser
import Platform

/// Why a command did not do what it was asked, with the status that it ends with. Its description is one line for a person.
enum ControlFailure: Error, CustomStringConvertible {
    /// The settings don't lead to a gateway.
    case settings(String)
    /// The broker can't be reached.
    case unreachable(String)
    /// The gateway does not do it; nothing was done.
    case refused(String)
    /// Nobody takes it; nothing was done.
    case noLeader(String)
    /// It may have been done, or not.
    case unknown(String)

    var status: Int32 {
        switch self {
        case .unreachable: 1
        case .settings: 2
        case .refused: 3
        case .noLeader: 4
        case .unknown: 5
        }
    }

    var description: String {
        switch self {
        case .settings(let words), .unreachable(let words), .refused(let words), .noLeader(let words),
            .unknown(let words):
            words
        }
    }

    /// The same, with where it was.
    func behind(_ place: String) -> ControlFailure {
        let words = "\(place): \(description)"
        return switch self {
        case .settings: .settings(words)
        case .unreachable: .unreachable(words)
        case .refused: .refused(words)
        case .noLeader: .noLeader(words)
        case .unknown: .unknown(words)
        }
    }

    /// Says so on standard error, and is the exit that follows.
    func said(by command: String) -> ExitCode {
        FileDescriptorSink.standardError.emit(Array("\(command): \(self)\n".utf8))
        return ExitCode(status)
    }
}
