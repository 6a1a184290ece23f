import ArgumentParser
import Platform

/// Where `tidegate standalone` takes its market data from.
enum UpstreamChoice: ExpressibleByArgument, CustomStringConvertible {
    /// The exchange, or the simulator where that can't be reached.
    case auto
    /// The exchange, as `BYBIT_WS_URL` has it, and nothing else: where it can't be reached it is tried again.
    case bybit
    case simulator
    case url(WebSocketURL)

    init?(argument: String) {
        switch argument {
        case "auto": self = .auto
        case "bybit": self = .bybit
        case "simulator": self = .simulator
        default:
            guard let url = try? WebSocketURL(argument) else { return nil }
            self = .url(url)
        }
    }

    var description: String {
        switch self {
        case .auto: "auto"
        case .bybit: "bybit"
        case .simulator: "simulator"
        case .url(let url): url.description
        }
    }

    var defaultValueDescription: String { description }
}
