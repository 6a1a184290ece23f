import EdgeNode
import NIOSSL
import Platform

/// The certificate that clients are shown, where they come over TLS: whether it can be used, and how long it is good.
struct CertificateCheck: Check {
    let name = "certificate"
    private static let soon = 14

    func findings(in surroundings: Surroundings) async -> [Finding] {
        let settings = surroundings.settings
        guard surroundings.program != .ingestor, let chain = settings[Settings.Edge.certificateFile] else { return [] }
        let place = surroundings.place(Settings.Edge.certificateFile)
        do {
            let keyFile = settings[Settings.Edge.keyFile] ?? chain
            _ = try ServerCertificate(chainFile: chain, keyFile: keyFile, logger: surroundings.logger)
            let certificates = try NIOSSLCertificate.fromPEMFile(chain)
            return certificates.enumerated().map { index, certificate in
                let whose = index == 0 ? "the node's certificate" : "certificate \(index + 1) of the chain"
                return Self.finding(
                    whose,
                    from: Int64(certificate.notValidBefore),
                    until: Int64(certificate.notValidAfter),
                    at: WallClock.milliseconds() / 1000,
                    place
                )
            }
        } catch {
            let advice = "a node with it does not start; give PEM files whose key is the certificate's"
            return [Finding(.problem, "\(error)", at: place, advice: advice, wouldNotStart: true)]
        }
    }

    /// - Parameters: Times in seconds since 1970.
    static func finding(
        _ whose: String,
        from start: Int64,
        until end: Int64,
        at now: Int64,
        _ place: String
    ) -> Finding {
        let renew = "renew it: the node reads the file anew within seconds, without a restart"
        if now >= end {
            return Finding(.problem, "\(whose) ended \((now - end) / 86_400) days ago", at: place, advice: renew)
        }
        if now < start {
            let words = "\(whose) is good only in \((start - now + 3599) / 3600) hours"
            return Finding(.problem, words, at: place, advice: "look at the clock of this machine, or wait")
        }
        let days = (end - now) / 86_400
        guard days < soon else { return Finding(.fine, "\(whose) is good for \(days) days", at: place) }
        return Finding(.warning, "\(whose) is good for \(days) days only", at: place, advice: renew)
    }
}
