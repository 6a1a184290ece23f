/// One family of metrics: what it is called, what it counts, and by which labels its samples are told apart. Declared once, with
/// its help; `docs/metrics.md` and both formats are made of the declaration.
///
/// A label has few values, and they are known beforehand or bounded: never a client, an address or a symbol.
package struct MetricFamily: Sendable, Hashable {
    package enum Kind: String, Sendable {
        /// Only rises, from 0 at the start of the process.
        case counter
        case gauge
        case histogram
    }

    /// As people write it in a query; of a counter with `_total`, of a histogram without `_bucket`.
    package let name: String
    package let kind: Kind
    package let labels: [String]
    /// One sentence or two.
    package let help: String
    /// In which case it is not there; nil: it always is.
    package let absence: String?

    private init(_ name: String, _ kind: Kind, _ labels: [String], _ help: String, _ absence: String?) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
        self.absence = absence
    }

    /// - Parameter name: With `_total`.
    package static func counter(
        _ name: String,
        by labels: [String] = [],
        _ help: String,
        absent: String? = nil
    ) -> MetricFamily {
        precondition(name.hasSuffix(total), "a counter's name ends in \(total)")
        return MetricFamily(name, .counter, labels, help, absent)
    }

    package static func gauge(
        _ name: String,
        by labels: [String] = [],
        _ help: String,
        absent: String? = nil
    ) -> MetricFamily {
        MetricFamily(name, .gauge, labels, help, absent)
    }

    package static func histogram(
        _ name: String,
        by labels: [String] = [],
        _ help: String,
        absent: String? = nil
    ) -> MetricFamily {
        MetricFamily(name, .histogram, labels, help, absent)
    }

    private static let total = "_total"

    /// The name without what the samples of a counter end in.
    var baseName: String { kind == .counter ? String(name.dropLast(Self.total.count)) : name }

    /// What it is counted in, as the end of its name says; nil where that says none.
    var unit: String? { ["seconds", "bytes"].first { baseName.hasSuffix("_\($0)") } }
}
