import Foundation
import Glibc

/// CPU time of a process of this machine, from /proc.
enum ProcessCPU {
    /// Seconds of all its threads, in the program and in the system for it, in steps of a hundredth.
    static func seconds(of process: Int32) throws -> Double {
        let path = "/proc/\(process)/stat"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        // Behind the name, which stands in brackets and may have anything in it. The state is the first then (proc(5)).
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ").dropFirst()
        let ticks = fields.dropFirst(11).prefix(2).compactMap { Double($0) }
        guard ticks.count == 2 else { throw BenchFailure.failed("\(path) has no CPU time: \(text.prefix(200))") }
        return (ticks[0] + ticks[1]) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
