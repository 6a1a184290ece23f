import Foundation
import NIOSSL
import TestSupport

/// A certificate for `localhost`, made by openssl for one test run: nobody trusts it unless told to.
struct TestCertificate {
    let certificate: NIOSSLCertificate
    let key: NIOSSLPrivateKey

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (path, keyPath) = (folder.appending(path: "certificate.pem").path, folder.appending(path: "key.pem").path)
        try SelfSignedCertificate.make(certificate: path, key: keyPath)
        guard let first = try NIOSSLCertificate.fromPEMFile(path).first else { throw CocoaError(.fileReadCorruptFile) }
        certificate = first
        key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
    }
}
