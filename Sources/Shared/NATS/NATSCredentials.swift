import Glibc

/// Whether a .creds file can be used. cnats reads it anew for each connection, so that keys can be changed while the process
/// runs, and of a file that it can't use it only says "Error".
///
/// The form is that of `nsc generate creds`: a JWT and a seed, each between lines of its own
/// (https://docs.nats.io/using-nats/developer/connecting/creds).
enum NATSCredentials {
    private static let maximumBytes = 65536
    private static let sections = [
        "a user's JWT": "-----BEGIN NATS USER JWT-----", "a seed": "-----BEGIN USER NKEY SEED-----",
    ]

    /// Throws `NATSError`; quotes nothing of the file.
    static func check(_ file: String) throws(NATSError) {
        if let reason = reason(against: file) {
            throw NATSError.failed(
                action: "read the credentials in \(file)",
                reason: "\(reason); NATS_CREDENTIALS names it"
            )
        }
    }

    private static func reason(against file: String) -> String? {
        guard let descriptor = fopen(file, "re") else {
            return "there is no such file, or this user may not read it"
        }
        defer { fclose(descriptor) }
        let text = String(unsafeUninitializedCapacity: maximumBytes) { fread($0.baseAddress, 1, $0.count, descriptor) }
        let missing = sections.filter { !text.contains($0.value) }.keys.sorted()
        guard !missing.isEmpty else { return nil }
        return "it has not \(missing.joined(separator: ", nor ")), as `nsc generate creds` writes them"
    }
}
