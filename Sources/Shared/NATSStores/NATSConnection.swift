import CNats

/// A connection of cnats, destroyed with its last owner: whoever calls cnats with it owns it for that time.
///
/// Sendable without checks: the pointer is only handed to cnats, whose functions lock by themselves.
final class NATSConnection: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes the pointer over.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { natsConnection_Destroy(pointer) }

    func withPointer<Result, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Without this it could be destroyed while the body runs: the pointer doesn't count as an owner.
        defer { withExtendedLifetime(self) {} }
        return try body(pointer)
    }

    /// Returns when the server has answered.
    ///
    /// Where the question can't be written, since the socket takes nothing, cnats (3.4) says that all is well, as if it had been answered.
    /// What went wrong stands in its last error of this thread only: so that is set to something else before, as a call without a
    /// connection does it.
    func flush(_ action: String, within time: Duration) throws(NATSError) {
        try withPointer { pointer throws(NATSError) in
            let mark = natsConnection_FlushTimeout(nil, 1)
            try NATSError.check(natsConnection_FlushTimeout(pointer, time.wholeMilliseconds), action)
            var last = mark
            _ = nats_GetLastError(&last)
            guard last == mark else { throw NATSError(action, last) }
        }
    }

    /// Ends it: cnats calls no subscription any more once those under way have returned.
    func close() { withPointer { natsConnection_Close($0) } }
}

extension Duration {
    /// As cnats takes times: at least one.
    var wholeMilliseconds: Int64 {
        max(1, components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
