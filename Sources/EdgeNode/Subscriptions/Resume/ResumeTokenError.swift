import Core

/// Why a resume token is not taken. `description` is for the log: it names neither the token nor its user.
enum ResumeTokenError: Error, Equatable, CustomStringConvertible {
    /// Longer than any that is given out.
    case tooLong(length: Int, limit: Int)
    /// Not the form of a token: cut off, or something else altogether.
    case malformed
    /// Signed under another key, or changed since.
    case forged
    /// Given out by another release.
    case unknownVersion(UInt8)
    case unknownDialect(UInt8)
    /// It asks for something of a subscription that may not be passed over.
    case unknownOption(UInt8)
    case foreignUser
    case expired(ageMilliseconds: Int64)
    /// Issued later than now: a clock is wrong.
    case fromTheFuture(milliseconds: Int64)

    var description: String {
        switch self {
        case .tooLong(let length, let limit):
            "a resume token of \(length) characters: none is given out that is longer than \(limit)"
        case .malformed: "a resume token that is cut off, or none at all"
        case .forged: "a resume token that is not signed under RESUME_TOKEN_KEY: all nodes must have the same keys"
        case .unknownVersion(let version):
            "a resume token of version \(version); this release reads versions \(WireVersion.readable)"
        case .unknownDialect(let id): "a resume token of another release: it knows a dialect \(id)"
        case .unknownOption(let type):
            "a resume token of another release: it has an option of type \(type), which may not be passed over"
        case .foreignUser: "a resume token that was given to another user"
        case .expired(let age):
            "a resume token that is \(age / 1000) s old; RESUME_TOKEN_LIFETIME says how old it may be"
        case .fromTheFuture(let ahead):
            "a resume token that was issued \(ahead / 1000) s from now: set the clocks of the nodes"
        }
    }

    /// What the client is told. Only who holds a good token learns more than that it is none: a forger must not learn
    /// how far it came.
    var clientError: ClientError {
        switch self {
        case .expired: .invalidResumeToken("The resume token has expired: resume with positions, or subscribe again")
        case .tooLong, .malformed, .forged, .unknownVersion, .unknownDialect, .unknownOption, .foreignUser,
            .fromTheFuture:
            .invalidResumeToken("The resume token is not valid here: resume with positions, or subscribe again")
        }
    }
}
