import Foundation
import NIOSSL

/// A certificate for `localhost`, made by openssl for one test run: nobody trusts it unless told to.
struct TestCertificate {
    let certificate: NIOSSLCertificate
    let key: NIOSSLPrivateKey

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidegate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.currentDirectoryURL = folder
        openssl.standardError = FileHandle.nullDevice
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", "key.pem", "-out", "certificate.pem",
        ]
        try openssl.run()
        openssl.waitUntilExit()
        let path = folder.appending(path: "certificate.pem").path
        guard let first = try NIOSSLCertificate.fromPEMFile(path).first else { throw CocoaError(.fileReadCorruptFile) }
        certificate = first
        key = try NIOSSLPrivateKey(file: folder.appending(path: "key.pem").path, format: .pem)
    }
}
