/// Writes a snapshot in one of the formats. Pure.
package struct MetricsPrinter {
    private let format: MetricsFormat
    private var text = ""

    private init(_ format: MetricsFormat) {
        self.format = format
    }

    package static func print(_ snapshot: MetricsSnapshot, as format: MetricsFormat) -> String {
        var printer = MetricsPrinter(format)
        for metric in snapshot.metrics { printer.print(metric) }
        if format == .openMetrics { printer.text += "# EOF\n" }
        return printer.text
    }

    private mutating func print(_ metric: MetricsSnapshot.Metric) {
        let family = metric.family
        // In the older format a counter's family is called as its samples are.
        let name = format == .openMetrics ? family.baseName : family.name
        text += "# HELP \(name) \(Self.escaped(family.help, quotes: format == .openMetrics))\n"
        text += "# TYPE \(name) \(family.kind.rawValue)\n"
        if format == .openMetrics, let unit = family.unit { text += "# UNIT \(name) \(unit)\n" }
        for sample in metric.samples { print(sample, of: family) }
    }

    private mutating func print(_ sample: MetricsSnapshot.Sample, of family: MetricFamily) {
        let labels = Array(zip(family.labels, sample.labels))
        switch sample.value {
        case .integer(let value): line(family.name, labels, "\(value)")
        case .number(let value): line(family.name, labels, Self.number(value))
        case .histogram(let histogram):
            for (bound, count) in histogram.cumulative {
                let bound = bound.map { Self.number($0) } ?? "+Inf"
                line("\(family.name)_bucket", labels + [("le", bound)], "\(count)")
            }
            line("\(family.name)_sum", labels, Self.number(histogram.sum))
            line("\(family.name)_count", labels, "\(histogram.count)")
        }
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            let list = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
            text += "{\(list.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        // By scalars: a mark that combines with a quotation mark makes one character of both.
        guard text.unicodeScalars.contains(where: { $0 == "\\" || $0 == "\"" || $0 == "\n" }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
