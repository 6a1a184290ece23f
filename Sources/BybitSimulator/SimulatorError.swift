/// Why the simulator can't start: what was wrong, and what would be right.
package enum SimulatorError: Error, Equatable, CustomStringConvertible {
    case invalidPort(Int)
    case invalidSymbols(Int)
    case invalidRate(Double)
    case invalidDelay(Int)
    case unreadableFrames(path: String, reason: String)
    case malformedFrame(path: String, line: Int)
    case noFrames(paths: [String])
    case cannotListen(host: String, port: Int, reason: String)
    case stopped

    package var description: String {
        switch self {
        case .invalidPort(let port):
            "port \(port) is not possible: use 1 to 65535, or 0 for any free one"
        case .invalidSymbols(let count):
            "\(count) symbols are not possible: use 1 to \(SimulatorConfiguration.maximumSymbols)"
        case .invalidRate(let rate):
            "a rate of \(rate) is not possible: use more than 0 and at most 1000 steps a second"
        case .invalidDelay(let delay):
            "a first-data delay of \(delay) ms is not possible: use 0 to 60000"
        case .unreadableFrames(let path, let reason):
            "cannot read the frames in \(path) (\(reason)): name a readable file with one JSON frame a line"
        case .malformedFrame(let path, let line):
            "\(path):\(line): not a JSON object: each line must be one recorded frame"
        case .noFrames(let paths):
            "no frame with a topic in \(paths.joined(separator: ", ")): name files with recorded frames"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host):\(port) (\(reason)): choose a free port of this machine, or 0 for any"
        case .stopped:
            "this simulator was stopped: make a new one"
        }
    }
}
