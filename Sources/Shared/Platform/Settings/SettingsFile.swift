import Configuration
import FoundationEssentials
import Synchronization

/// The optional YAML file: a swift-configuration provider together with the keys that the file has.
///
/// Read once, at the start of the process.
struct SettingsFile: Sendable {
    let provider: FileProvider<YAMLSnapshot>
    /// Top-level keys as written; a nested one as its path with dots.
    let keys: Set<String>

    /// Reads the file, or nil when it has nothing but blank lines and comments.
    /// - Throws: A problem of one line when it is missing, unreadable, or not a YAML mapping.
    static func read(path: String, isSecret: @escaping @Sendable (String) -> Bool) async throws(SettingRefusal)
        -> SettingsFile?
    {
        try refuseUnreadable(path)
        let keys = KeyCollector()
        do {
            // The file provider takes its path from a reader; given directly it would be a `FilePath`, of a package
            // that is otherwise not needed here.
            let location = InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
            let provider = try await FileProvider<YAMLSnapshot>(
                parsingOptions: .init(
                    // The parser asks this once about every key: the one place that tells which keys there are.
                    secretsSpecifier: .dynamic { key, _ in
                        keys.insert(key)
                        return isSecret(key)
                    }
                ),
                config: ConfigReader(provider: location)
            )
            return SettingsFile(provider: provider, keys: keys.all)
        } catch {
            if hasNothingToSay(path) { return nil }
            throw SettingRefusal(
                reason: "the file \(quotedForMessage(path)) is not YAML of the form \"max_clients_total: 500\": "
                    + explanation(error)
            )
        }
    }

    private static func refuseUnreadable(_ path: String) throws(SettingRefusal) {
        let files = FileManager.default
        var isDirectory = false
        let name = quotedForMessage(path)
        guard files.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw SettingRefusal(reason: "there is no file \(name); give the path of a YAML file, or unset it")
        }
        guard !isDirectory else {
            throw SettingRefusal(reason: "\(name) is a directory; give the path of a YAML file in it")
        }
        guard files.isReadableFile(atPath: path) else {
            throw SettingRefusal(reason: "the file \(name) may not be read by this user; change its permissions")
        }
    }

    /// A file whose every setting is commented out is a common way to begin; the YAML parser refuses it.
    private static func hasNothingToSay(_ path: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: path) else { return false }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.allSatisfy { line in
            let text = line.drop(while: \.isWhitespace)
            return text.isEmpty || text.hasPrefix("#") || text == "---"
        }
    }

    /// The parser's words on one line, without the part of the file that it quotes after a colon: that may hold a
    /// secret.
    private static func explanation(_ error: any Error) -> String {
        let lines = String(describing: error).split(whereSeparator: \.isNewline)
        let words = lines.firstIndex { $0.hasSuffix(":") }.map { lines[...$0] } ?? lines.prefix(1)
        let text = words.map { $0.trimmingSpaces() }.joined(separator: " ")
        guard text.hasSuffix(":") else { return text }
        return String(text.dropLast()).replacing(". Context", with: "")
    }
}

/// Collects keys from the parser's callback, which may be called from any thread. Bounded by the file's size.
private final class KeyCollector: Sendable {
    private let keys = Mutex<Set<String>>([])

    var all: Set<String> { keys.withLock { $0 } }

    func insert(_ key: String) { _ = keys.withLock { $0.insert(key) } }
}
