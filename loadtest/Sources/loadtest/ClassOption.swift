import ArgumentParser
import Shared

/// `--class`.
enum ClassOption: String, ExpressibleByArgument, CaseIterable {
    case latest
    case delta
    case event

    var value: DeliveryClass {
        switch self {
        case .latest: .latest
        case .delta: .delta
        case .event: .event
        }
    }
}
