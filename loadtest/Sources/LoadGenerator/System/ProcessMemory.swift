import Foundation

/// What a process of this machine has of its own in memory, and which one listens on a port. Reads /proc; nil where there is
/// none, or where it belongs to somebody else.
enum ProcessMemory {
    /// Pages of no file, in bytes.
    static func bytes(ofProcess process: Int) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) }.map { $0 << 10 }
    }

    static func process(listeningOn port: Int) -> Int? {
        let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { listening(in: $0, on: port) }
        guard !sockets.isEmpty else { return nil }
        let files = FileManager.default
        let processes = ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int($0) }
        return processes.first { process in
            let folder = "/proc/\(process)/fd"
            return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).contains { descriptor in
                (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(descriptor)")).map(sockets.contains) ?? false
            }
        }
    }

    /// As descriptors link to them.
    private static func listening(in table: String, on port: Int) -> [String] {
        let text = (try? String(contentsOfFile: table, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", let number = fields[1].split(separator: ":").last,
                Int(number, radix: 16) == port
            else { return nil }
            return "socket:[\(fields[9])]"
        }
    }
}
