extension ResumeTokenSigner {
    /// Without a key of the configuration it is random: its tokens are good on this node only, and only until it ends.
    init(_ configuration: EdgeNode.Configuration) {
        self.init(
            secret: configuration.resumeTokenKey,
            dialects: configuration.dialects.all,
            lifetime: configuration.resumeTokenLifetime,
            maximumMessageBytes: configuration.connection.maximumMessageBytes,
            writing: configuration.wire
        )
    }
}
