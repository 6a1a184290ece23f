import NIOSSL

/// The files of a certificate and its key, and how what they hold is used. A value. Reading blocks.
struct CertificateFiles: Sendable {
    /// Of TLS 1.2: forward secrecy and authenticated encryption only. Those of TLS 1.3 are all like that.
    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"

    /// Of a file in bytes.
    private static let maximumLength = 1 << 20

    /// PEM, the node's own certificate first.
    let chain: String
    /// PEM, not encrypted.
    let key: String

    /// What was read: for connections, and when the certificate ends, in seconds since 1970.
    struct Contents {
        let context: NIOSSLContext
        let expiresAt: Int
    }

    /// TLS 1.2 and later, for HTTP/1.1, whose upgrade a WebSocket needs.
    func read() throws(ServerCertificate.Unusable) -> Contents {
        let certificates: [NIOSSLCertificate]
        let bytes = try bytes(of: chain, "TLS_CERTIFICATE_FILE")
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw ServerCertificate.Unusable(
                setting: "TLS_CERTIFICATE_FILE",
                file: chain,
                reason: "it can't be read as PEM certificates (\(error))"
            )
        }
        guard let own = certificates.first else {
            throw ServerCertificate.Unusable(
                setting: "TLS_CERTIFICATE_FILE",
                file: chain,
                reason: "it holds no certificate"
            )
        }
        return Contents(context: try context(certificates, try privateKey()), expiresAt: Int(own.notValidAfter))
    }

    private func bytes(of file: String, _ setting: String) throws(ServerCertificate.Unusable) -> [UInt8] {
        do throws(BoundedFile.Unreadable) {
            return try BoundedFile.read(file, maximumLength: Self.maximumLength)
        } catch {
            throw ServerCertificate.Unusable(setting: setting, file: file, reason: error.description)
        }
    }

    private func privateKey() throws(ServerCertificate.Unusable) -> NIOSSLPrivateKey {
        let bytes = try bytes(of: key, "TLS_KEY_FILE")
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            throw ServerCertificate.Unusable(
                setting: "TLS_KEY_FILE",
                file: key,
                reason: "it can't be read as a PEM private key (\(error))"
            )
        }
    }

    private func context(
        _ certificates: [NIOSSLCertificate],
        _ key: NIOSSLPrivateKey
    ) throws(ServerCertificate.Unusable) -> NIOSSLContext {
        let sources = certificates.map { NIOSSLCertificateSource.certificate($0) }
        var settings = TLSConfiguration.makeServerConfiguration(certificateChain: sources, privateKey: .privateKey(key))
        settings.minimumTLSVersion = .tlsv12
        settings.cipherSuites = Self.ciphers
        settings.applicationProtocols = ["http/1.1"]
        do {
            return try NIOSSLContext(configuration: settings)
        } catch {
            throw ServerCertificate.Unusable(
                setting: "TLS_KEY_FILE",
                file: self.key,
                reason: "it is not the key of the certificate in \(chain) (\(error))"
            )
        }
    }
}
