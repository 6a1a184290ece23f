/// A certificate for `localhost` and its key, made by openssl: nobody trusts it unless told to. Good for two days.
package enum SelfSignedCertificate {
    /// Writes both as PEM files. Blocks until they are there.
    package static func make(certificate: String, key: String) throws {
        try ShortCommand.run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            key,
            "-out",
            certificate
        )
    }
}
