import NIOHTTP1

/// What an HTTP request to the simulator asks for. Pure, so that the paths are tested without a socket.
enum ControlRoute: Equatable {
    case describe
    case statistics
    case fault(Fault)
    case instruments(InstrumentsQuery)
    /// The WebSocket path without an upgrade.
    case upgradeRequired
    case methodNotAllowed(allowed: String)
    case badRequest(String)
    case notFound

    static let webSocketPath = "/v5/public/linear"

    init(method: HTTPMethod, uri: String) {
        let (path, query) = Self.split(uri)
        switch path {
        case "/", "/stats":
            guard method == .GET || method == .HEAD else {
                self = .methodNotAllowed(allowed: "GET")
                return
            }
            self = path == "/" ? .describe : .statistics
        case InstrumentsQuery.path:
            guard method == .GET || method == .HEAD else {
                self = .methodNotAllowed(allowed: "GET")
                return
            }
            self = .instruments(
                InstrumentsQuery(
                    category: query["category"],
                    limit: query["limit"],
                    cursor: query["cursor"],
                    status: query["status"]
                )
            )
        case Self.webSocketPath:
            self = .upgradeRequired
        case _ where path.hasPrefix("/faults/"):
            self = Self.fault(String(path.dropFirst("/faults/".count)), query: query, method: method)
        default:
            self = .notFound
        }
    }

    static func path(of uri: String) -> String {
        split(uri).path
    }

    private static func fault(_ name: String, query: [String: String], method: HTTPMethod) -> ControlRoute {
        let fault: Fault
        switch name {
        case "drop":
            fault = .dropConnections(topic: query["topic"])
        case "stall":
            guard let time = seconds(query) else { return .badRequest("stall needs \(Self.secondsRule)") }
            fault = .stall(time)
        case "refuse-subscriptions":
            guard let time = seconds(query) else { return .badRequest("\(name) needs \(Self.secondsRule)") }
            fault = .refuseSubscriptions(time)
        case "refuse-upgrades":
            guard let time = seconds(query) else { return .badRequest("\(name) needs \(Self.secondsRule)") }
            let wait = query["retry-after"]
            guard wait.map({ UInt32($0) != nil }) ?? true else {
                return .badRequest("retry-after is a number of seconds")
            }
            fault = .refuseUpgrades(time, retryAfter: wait)
        case "delay":
            guard let wait = query["milliseconds"].flatMap({ Int64($0) }), (0...60_000).contains(wait) else {
                return .badRequest("delay needs milliseconds=N, 0 to 60000")
            }
            fault = .delayAnswers(.milliseconds(wait))
        case "garbage":
            guard let kind = query["kind"] else {
                fault = .garbage(.all)
                break
            }
            guard let preset = Garbage.Preset(rawValue: kind) else {
                let names = Garbage.Preset.allCases.map(\.rawValue).joined(separator: ", ")
                return .badRequest("garbage knows kind=\(names)")
            }
            fault = .garbage(.preset(preset))
        case "oversized":
            guard let bytes = query["bytes"].flatMap({ Int($0) }), (1...Fault.maximumOversize).contains(bytes) else {
                return .badRequest("oversized needs bytes=N, 1 to \(Fault.maximumOversize)")
            }
            fault = .oversized(bytes: bytes)
        case "list":
            guard let instrument = instrument(query) else {
                let names = ListedInstrument.Status.allCases.map(\.rawValue).joined(separator: ", ")
                return .badRequest("list needs symbol=S, of capital letters and digits, and knows status=\(names)")
            }
            fault = .list(instrument)
        case "restart-book":
            fault = .restartBook(symbol: query["symbol"])
        default:
            return .notFound
        }
        return method == .POST ? .fault(fault) : .methodNotAllowed(allowed: "POST")
    }

    private static func instrument(_ query: [String: String]) -> ListedInstrument? {
        guard let symbol = query["symbol"], (1...40).contains(symbol.utf8.count),
            symbol.allSatisfy({ $0.isASCII && ($0.isUppercase || $0.isNumber) })
        else { return nil }
        guard let name = query["status"] else { return ListedInstrument(symbol: symbol) }
        return ListedInstrument.Status(rawValue: name).map { ListedInstrument(symbol: symbol, status: $0) }
    }

    private static let secondsRule = "seconds=S, more than 0 and at most 3600"

    private static func seconds(_ query: [String: String]) -> Duration? {
        guard let seconds = query["seconds"].flatMap(Double.init), seconds > 0, seconds <= 3_600 else { return nil }
        return .milliseconds(Int64(seconds * 1_000))
    }

    private static func split(_ uri: String) -> (path: String, query: [String: String]) {
        guard let mark = uri.firstIndex(of: "?") else { return (uri, [:]) }
        var query: [String: String] = [:]
        for pair in uri[uri.index(after: mark)...].split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
        }
        return (String(uri[..<mark]), query)
    }
}
