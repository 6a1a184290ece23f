import Core

/// One reader of what outsiders send. libFuzzer drives each (`make fuzz`), and a test does with its corpus.
struct FuzzTarget: Sendable, CustomStringConvertible {
    /// That of its folder in `Replay/Corpus`.
    let name: String
    /// Reads one input. True where it was taken for something; throws `BrokenPromise` where the reader does not do what
    /// it promises.
    let run: @Sendable (_ input: [UInt8]) async throws -> Bool

    static let all: [FuzzTarget] = [
        FuzzTarget(name: "handshake") { try HandshakeTarget.run($0) },
        FuzzTarget(name: "frames") { try FrameTarget.run($0) },
        FuzzTarget(name: "op") { try RequestTarget.run($0, in: .op) },
        FuzzTarget(name: "action") { try RequestTarget.run($0, in: .action) },
        FuzzTarget(name: "guide") { try RequestTarget.run($0, in: .guide) },
        FuzzTarget(name: "stream-names") { try StreamNameTarget.run($0) },
        FuzzTarget(name: "records") { try RecordTarget.run($0) },
        FuzzTarget(name: "resp") { try RESPTarget.run($0) },
        FuzzTarget(name: "resume-tokens") { try ResumeTokenTarget.run($0) },
        FuzzTarget(name: "jwt") { try await TokenTarget.run($0) },
        FuzzTarget(name: "jwks") { try await KeySetTarget.run($0) },
        FuzzTarget(name: "proxy-headers") { try ProxyHeaderTarget.run($0) },
    ]

    var description: String { name }
}
