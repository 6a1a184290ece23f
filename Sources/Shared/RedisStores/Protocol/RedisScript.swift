import Crypto

/// A Lua script that Redis runs as one step, called by its digest. Redis may forget scripts at any time (a restart,
/// SCRIPT FLUSH): it then says NOSCRIPT and has done nothing.
package struct RedisScript: Sendable {
    let source: String
    let digest: String

    init(_ source: String) {
        self.source = source
        digest = Insecure.SHA1.hash(data: Array(source.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// The call, to be given its arguments.
    func call(keys: [String]) -> RedisCommand {
        var command = RedisCommand("EVALSHA", digest, String(keys.count))
        for key in keys { command.append(key) }
        return command
    }
}
