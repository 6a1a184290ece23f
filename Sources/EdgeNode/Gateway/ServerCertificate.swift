import NIOSSL

/// The certificate that a node shows to its clients, with its key: then it speaks TLS only, and writes through the channel.
///
/// Read once, at the start. Most deployments end TLS in front of the nodes and leave this out.
package struct ServerCertificate: Sendable {
    let context: NIOSSLContext

    /// What was wrong with which file.
    package struct Unusable: Error, CustomStringConvertible {
        let setting: String
        let file: String
        let reason: String

        package var description: String { "\(setting) = \(file): \(reason)" }
    }

    /// Throws `Unusable`, in words for a person.
    ///
    /// - Parameters:
    ///   - chainFile: PEM, the node's own certificate first.
    ///   - keyFile: PEM, not encrypted.
    package init(chainFile: String, keyFile: String) throws(Unusable) {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(chainFile)
        } catch {
            throw Unusable("TLS_CERTIFICATE_FILE", chainFile, "it can't be read as PEM certificates (\(error))")
        }
        guard !chain.isEmpty else { throw Unusable("TLS_CERTIFICATE_FILE", chainFile, "it holds no certificate") }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw Unusable("TLS_KEY_FILE", keyFile, "it can't be read as a PEM private key (\(error))")
        }
        let sources = chain.map { NIOSSLCertificateSource.certificate($0) }
        var settings = TLSConfiguration.makeServerConfiguration(certificateChain: sources, privateKey: .privateKey(key))
        settings.minimumTLSVersion = .tlsv12
        do {
            context = try NIOSSLContext(configuration: settings)
        } catch {
            throw Unusable("TLS_KEY_FILE", keyFile, "it is not the key of the certificate in \(chainFile) (\(error))")
        }
    }
}

extension ServerCertificate.Unusable {
    fileprivate init(_ setting: String, _ file: String, _ reason: String) {
        self.init(setting: setting, file: file, reason: reason)
    }
}
