/// Why a measurement gave no figure, in one line for a person.
enum BenchFailure: Error, CustomStringConvertible {
    /// Something that it needs is not on this machine: it is left out.
    case skipped(String)
    /// It ran, and what it measures did not do what it must.
    case failed(String)

    var description: String {
        switch self {
        case .skipped(let reason): "skipped: \(reason)"
        case .failed(let reason): reason
        }
    }
}
