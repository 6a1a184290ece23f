extension AuthenticationFailure {
    /// What a client is told that has shown a token on its connection.
    var clientError: ClientError {
        switch self {
        case .refused(let reason, _): .unauthorized(reason)
        case .unavailable(let seconds):
            .unavailable("Credentials can't be checked at the moment: try again in \(seconds) s")
        }
    }
}
