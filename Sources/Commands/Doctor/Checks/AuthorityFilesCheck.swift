import NIOSSL
import Platform

/// Files of authorities by which others' certificates are judged: whether they can be read, and how long they are good.
struct AuthorityFilesCheck: Check {
    let name = "authorities"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        var settings = [Settings.Stores.caFile]
        if surroundings.program != .ingestor { settings.append(Settings.Tokens.authoritiesFile) }
        return settings.flatMap { setting in
            surroundings.settings[setting].map { findings(of: $0, at: surroundings.place(setting)) } ?? []
        }
    }

    private func findings(of file: String, at place: String) -> [Finding] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
            let advice = "give a PEM file with the authorities' certificates that this user may read"
            return [Finding(.problem, "\(file) can't be read as PEM certificates", at: place, advice: advice)]
        }
        let now = WallClock.milliseconds() / 1000
        return certificates.enumerated().map { index, certificate in
            CertificateCheck.finding(
                "authority \(index + 1) of \(file)",
                from: Int64(certificate.notValidBefore),
                until: Int64(certificate.notValidAfter),
                at: now,
                place
            )
        }
    }
}
