import ArgumentParser
import Core

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
