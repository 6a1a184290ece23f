import NIOCore

extension RedisClient {
    /// Runs a call of a script; tells Redis the script where it doesn't know it.
    func run(_ script: RedisScript, _ call: RedisCommand) async throws -> RESPValue {
        let batch = try RedisBatch(call)
        return try await answer(to: batch, of: script, submit(batch))
    }

    /// The answer to a call that was submitted. `batch` is the call, to be repeated where Redis doesn't know the
    /// script.
    func answer(
        to batch: RedisBatch,
        of script: RedisScript,
        _ submitted: EventLoopFuture<[RESPValue]>
    ) async throws -> RESPValue {
        var reply = try await submitted.get().first ?? .null
        if case .error(let message) = reply, message.hasPrefix("NOSCRIPT") {
            _ = try await send(RedisCommand("SCRIPT", "LOAD", script.source))
            reply = try await submit(batch).get().first ?? .null
        }
        if case .error(let message) = reply { throw RedisError.refused(command: batch.name, message: message) }
        return reply
    }
}
