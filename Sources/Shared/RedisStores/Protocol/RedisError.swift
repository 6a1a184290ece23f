/// What can go wrong with Redis, in words. None ever holds an argument of a command, or a user or password.
package enum RedisError: Error, Hashable, CustomStringConvertible {
    /// There is no connection now; one is being tried for.
    case disconnected(address: String, reason: String)
    /// The connection broke, or was closed as unusable, while the answer was awaited: the command may have been done.
    case connectionLost(address: String, reason: String)
    /// An answer was not there in time. Answers come in order, so the connection is of no more use.
    case timedOut(command: String, after: Duration)
    /// Redis's own refusal of a command.
    case refused(command: String, message: String)
    /// What it answered is about the server itself, whatever is asked: the connection is of no more use, and the address
    /// may lead to another server by now.
    case unfit(address: String, message: String)
    /// A server that takes no writes, nor gives what it hears to the others.
    case replica(address: String)
    /// The address led to another server when a connection was made that is younger than this one.
    case outlived(address: String)
    /// More is awaited on the connection than is allowed: Redis is too slow for what is asked of it.
    case overloaded(command: String, pending: Int, bytes: Int)
    /// The answer is not of the kind that the command has.
    case unexpectedReply(command: String, kind: String)
    /// A log was replaced by another each time while it was read.
    case unsettled(key: String, attempts: Int)
    case malformedReply(String)
    case replyTooLarge(Int)
    case commandTooLarge(String, bytes: Int)
    /// Closed by its owner.
    case closed

    package var description: String {
        switch self {
        case .disconnected(let address, let reason): "no connection to \(address): \(reason)"
        case .connectionLost(let address, let reason): "the connection to \(address) was lost: \(reason)"
        case .timedOut(let command, let limit): "Redis did not answer \(command) within \(Self.words(limit))"
        case .refused(let command, let message): "Redis refused \(command): \(message)"
        case .unfit(let address, let message): "\(address) can't be used now: \(message)"
        case .replica(let address):
            "\(address) is a replica (READONLY): the address must lead to the primary, and is looked up again"
        case .outlived(let address): "\(address) is connected to anew, since it may lead to another server by now"
        case .overloaded(let command, let pending, let bytes):
            "\(command) was not sent: Redis has yet to answer \(pending) commands of \(bytes) bytes"
        case .unexpectedReply(let command, let kind): "Redis answered \(command) with \(kind), which it never should"
        case .unsettled(let key, let attempts): "\(key) was replaced while it was read, \(attempts) times in a row"
        case .malformedReply(let words): "what came is not Redis's protocol: \(words)"
        case .replyTooLarge(let bound): "a reply of Redis is longer than \(bound) bytes"
        case .commandTooLarge(let command, let bytes): "\(command) with \(bytes) bytes is longer than Redis takes"
        case .closed: "the connection to Redis was closed"
        }
    }

    /// Whether Redis's refusal is of everything and not of this command: a demoted server, one that has lost its primary or
    /// its replicas, one that is loading or can't save. It comes as it is, or from within a script of Redis 6.
    static func isAboutServer(_ message: String) -> Bool {
        serverCodes.contains { message.hasPrefix("\($0) ") || message.contains(": -\($0) ") }
    }

    private static let serverCodes = ["READONLY", "MASTERDOWN", "LOADING", "CLUSTERDOWN", "NOREPLICAS", "MISCONF"]

    private static func words(_ duration: Duration) -> String {
        duration >= .seconds(1)
            ? "\(Double(duration / .milliseconds(1)) / 1000) s" : "\(Int(duration / .milliseconds(1))) ms"
    }
}
