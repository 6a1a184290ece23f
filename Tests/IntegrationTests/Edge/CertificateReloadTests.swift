import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import EdgeNode

@Suite("A certificate is taken anew when its files have changed, and one that can't be used never takes its place")
struct CertificateReloadTests {
    private let log = CollectedLog()

    private func with(
        _ body: (ServerCertificate, TestCertificateFiles, TestCertificateFiles) throws -> Void
    ) throws {
        let (files, others) = (try TestCertificateFiles(), try TestCertificateFiles())
        defer {
            files.remove()
            others.remove()
        }
        let certificate = try ServerCertificate(
            chainFile: files.certificate,
            keyFile: files.key,
            logger: log.logger
        )
        try body(certificate, files, others)
    }

    private func replace(_ file: String, with other: String) throws {
        try Data(contentsOf: URL(filePath: other)).write(to: URL(filePath: file), options: .atomic)
    }

    /// As often as it takes to see that a version stands still.
    private func look(_ certificate: ServerCertificate) {
        for _ in 0..<3 { certificate.look() }
    }

    @Test func oneThatHasEndedIsSaidSo() throws {
        try with { certificate, _, _ in
            let end = Int64(certificate.expiresAt) * 1000
            certificate.tellWhereEnded(at: end - 1)
            #expect(log.lines.isEmpty)
            certificate.tellWhereEnded(at: end)
            #expect(log.lines.count == 1 && log.lines[0].hasPrefix("warning the certificate has ended: clients "))
        }
    }

    @Test func bothFilesAnewAreTakenOnce() throws {
        try with { certificate, files, others in
            let first = certificate.context
            look(certificate)
            #expect(certificate.context === first)
            try replace(files.certificate, with: others.certificate)
            try replace(files.key, with: others.key)
            look(certificate)
            let second = certificate.context
            #expect(second !== first && log.lines.count == 1)
            #expect(log.lines[0].hasPrefix("notice the certificate has changed and was read anew"))
            look(certificate)
            #expect(certificate.context === second && log.lines.count == 1)
        }
    }

    /// With looks in between: the first of them does not fit the other yet.
    @Test(arguments: [true, false]) func oneAfterTheOtherTheyAreTakenWhenTheyFit(certificateFirst: Bool) throws {
        try with { certificate, files, others in
            let first = certificate.context
            let steps = [(files.certificate, others.certificate), (files.key, others.key)]
            let (one, two) = certificateFirst ? (steps[0], steps[1]) : (steps[1], steps[0])
            try replace(one.0, with: one.1)
            look(certificate)
            #expect(certificate.context === first && log.lines.count == 1)
            #expect(log.lines[0].contains("it is not the key of the certificate"))
            try replace(two.0, with: two.1)
            look(certificate)
            #expect(certificate.context !== first && log.lines.count == 2)
        }
    }

    @Test(arguments: ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
    func aBrokenOneIsRefusedAndSaidOnce(_ text: String) throws {
        try with { certificate, files, others in
            let first = certificate.context
            try Data(text.utf8).write(to: URL(filePath: files.certificate), options: .atomic)
            for _ in 0..<5 { look(certificate) }
            #expect(certificate.context === first && log.lines.count == 1)
            #expect(log.lines[0].hasPrefix("error the certificate has changed and can't be used"))
            #expect(log.lines[0].contains("TLS_CERTIFICATE_FILE = \(files.certificate): it "))
            try replace(files.certificate, with: others.certificate)
            try replace(files.key, with: others.key)
            look(certificate)
            #expect(certificate.context !== first)
        }
    }

    /// A key in a log is a key that others have.
    @Test func theLogHasNothingOfAKey() throws {
        try with { certificate, files, others in
            try replace(files.key, with: others.key)
            look(certificate)
            try Data("-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWtleS1ieXRlcw==\n-----END PRIVATE KEY-----\n".utf8)
                .write(to: URL(filePath: files.key), options: .atomic)
            look(certificate)
            let key = try String(contentsOfFile: others.key, encoding: .utf8).split(separator: "\n")[1]
            #expect(log.lines.count == 2)
            #expect(!log.lines.joined().contains(key) && !log.lines.joined().contains("c2VjcmV0"))
        }
    }
}
