import Foundation
import NIOSSL
import TestSupport

/// A certificate for `localhost` and its key, as files, made by openssl for one test.
struct TestCertificateFiles {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try SelfSignedCertificate.make(certificate: certificate, key: key)
    }

    var certificate: String { folder.appending(path: "certificate.pem").path }

    var key: String { folder.appending(path: "key.pem").path }

    /// For a server that shows it.
    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: key, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        )
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
