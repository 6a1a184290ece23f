import Glibc

/// What `/proc/self/stat` says (proc(5)). A value.
struct ProcessStatus: Equatable {
    let processorSeconds: Double
    let virtualBytes: Int
    let residentBytes: Int
    /// In seconds since 1970; nil where it is not known when the system began.
    let startedAt: Double?

    /// - Parameters:
    ///   - ticksPerSecond: In what processor time is told there.
    ///   - bootTime: When the system began, in seconds since 1970.
    init?(_ text: String, ticksPerSecond: Double, pageBytes: Int, bootTime: Double?) {
        // The second field is the program's name in parentheses, and may have any in it.
        guard let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[name...].split(separator: " ").dropFirst().map { Int($0) }
        // The first of these is the third of all.
        func field(_ number: Int) -> Int? { number - 3 < fields.count ? fields[number - 3] : nil }
        guard let user = field(14), let system = field(15), let start = field(22), let virtual = field(23),
            let resident = field(24)
        else { return nil }
        processorSeconds = Double(user + system) / ticksPerSecond
        virtualBytes = virtual
        residentBytes = resident * pageBytes
        startedAt = bootTime.map { $0 + Double(start) / ticksPerSecond }
    }

    /// Of this process, now; nil where the system does not tell.
    static var own: ProcessStatus? {
        guard let text = contents(of: "/proc/self/stat") else { return nil }
        return ProcessStatus(
            text,
            ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageBytes: sysconf(Int32(_SC_PAGESIZE)),
            bootTime: bootTime
        )
    }

    /// It does not change.
    private static let bootTime: Double? = contents(of: "/proc/stat")?.split(separator: "\n")
        .first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&part, 1, part.count, file)
            guard count > 0 else { break }
            text += part.prefix(count)
        }
        return String(decoding: text, as: UTF8.self)
    }
}
