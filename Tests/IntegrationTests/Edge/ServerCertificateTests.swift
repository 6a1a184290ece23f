import Foundation
import Platform
import Testing

@testable import EdgeNode

/// A certificate that can't be used is told at start: which setting, which file, and why.
@Suite struct ServerCertificateTests {
    private func complaint(_ chain: String, _ key: String) -> String? {
        do throws(ServerCertificate.Unusable) {
            _ = try ServerCertificate(chainFile: chain, keyFile: key)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aCertificateWithItsKeyIsTaken() throws {
        let files = try TestCertificateFiles()
        defer { files.remove() }
        #expect(complaint(files.certificate, files.key) == nil)
    }

    @Test func whenItEndsIsKnown() throws {
        let files = try TestCertificateFiles()
        defer { files.remove() }
        let certificate = try ServerCertificate(chainFile: files.certificate, keyFile: files.key)
        let days = Double(certificate.expiresAt - Int(WallClock.milliseconds() / 1000)) / 86_400
        #expect(abs(days - 2) < 0.1, "it was made for two days")
    }

    @Test func aFileThatIsNotThereOrHoldsSomethingElseIsNamedWithItsSetting() throws {
        let files = try TestCertificateFiles()
        defer { files.remove() }
        let reason = "/nowhere.pem: it can't be opened: No such file or directory"
        #expect(complaint("/nowhere.pem", files.key) == "TLS_CERTIFICATE_FILE = \(reason)")
        #expect(complaint(files.certificate, "/nowhere.pem") == "TLS_KEY_FILE = \(reason)")
        #expect(complaint(files.key, files.key)?.hasPrefix("TLS_CERTIFICATE_FILE = \(files.key): it ") == true)
        #expect(complaint(files.certificate, files.certificate)?.hasPrefix("TLS_KEY_FILE = ") == true)
    }

    @Test func theKeyOfAnotherCertificateIsRefused() throws {
        let (files, others) = (try TestCertificateFiles(), try TestCertificateFiles())
        defer {
            files.remove()
            others.remove()
        }
        #expect(complaint(files.certificate, others.key)?.contains("it is not the key of the certificate") == true)
    }
}
