import Glibc

/// Whether a .creds file can be used. cnats reads it anew for each connection, so that keys can be changed while the process
/// runs, and of a file that it can't use it only says "Error".
///
/// The form is that of `nsc generate creds`: a JWT and a seed, each between lines of its own
/// (https://docs.nats.io/using-nats/developer/connecting/creds).
enum NATSCredentials {
    private static let maximumBytes = 65536

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
        guard let stream = fopen(file, "re") else {
            return "there is no such file, or this user may not read it"
        }
        defer { fclose(stream) }
        let text = String(unsafeUninitializedCapacity: maximumBytes) { fread($0.baseAddress, 1, $0.count, stream) }
        guard sections(in: text) < 2 else { return nil }
        return "it has not a JWT and a seed, each between two lines of dashes, as `nsc generate creds` writes them"
    }

    /// A line between two that begin and end with dashes, whatever they call it: so cnats reads them, too.
    private static func sections(in text: String) -> Int {
        let lines = text.split(whereSeparator: \.isNewline)
        let isMark: (Substring) -> Bool = { $0.hasPrefix("---") && $0.hasSuffix("---") }
        return zip(lines, zip(lines.dropFirst(), lines.dropFirst(2)))
            .count { isMark($0) && !isMark($1.0) && isMark($1.1) }
    }
}
