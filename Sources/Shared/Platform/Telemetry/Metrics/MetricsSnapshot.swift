/// What was counted, at one moment: made when a page asks, and printed by whoever answers. A value.
package struct MetricsSnapshot: Sendable {
    /// One family with its samples.
    package struct Metric: Sendable {
        package let family: MetricFamily
        package fileprivate(set) var samples: [Sample]
    }

    package struct Sample: Sendable {
        /// One for each label of the family, in its order.
        package let labels: [String]
        package let value: Value
    }

    package enum Value: Sendable, Equatable {
        case integer(Int)
        case number(Double)
        case histogram(HistogramSnapshot)
    }

    /// In the order in which they were added.
    package private(set) var metrics: [Metric] = []
    private var places: [String: Int] = [:]

    package init() {}

    package mutating func add(_ family: MetricFamily, _ value: Int, labels: [String] = []) {
        add(family, .integer(value), labels)
    }

    /// 0 or 1.
    package mutating func add(_ family: MetricFamily, _ value: Bool) { add(family, .integer(value ? 1 : 0), []) }

    package mutating func add(_ family: MetricFamily, _ value: Double, labels: [String] = []) {
        add(family, .number(value), labels)
    }

    package mutating func add(_ family: MetricFamily, _ value: HistogramSnapshot, labels: [String] = []) {
        add(family, .histogram(value), labels)
    }

    /// A sample for each value of the family's one label.
    package mutating func add(_ family: MetricFamily, _ values: [String: Int]) {
        for (label, value) in values.sorted(by: { $0.key < $1.key }) { add(family, .integer(value), [label]) }
    }

    private mutating func add(_ family: MetricFamily, _ value: Value, _ labels: [String]) {
        precondition(labels.count == family.labels.count, "\(family.name) has other labels")
        let sample = Sample(labels: labels, value: value)
        if let place = places[family.name] {
            metrics[place].samples.append(sample)
        } else {
            places[family.name] = metrics.count
            metrics.append(Metric(family: family, samples: [sample]))
        }
    }

    /// Adds the families of another one that are not here yet.
    ///
    /// - Parameter shared: Of these, which both may have, each tells a part: the other's labels that are not here are added.
    package mutating func add(absentFrom other: MetricsSnapshot, joining shared: Set<MetricFamily> = []) {
        for metric in other.metrics {
            if let place = places[metric.family.name] {
                guard shared.contains(metric.family) else { continue }
                let here = Set(metrics[place].samples.map(\.labels))
                metrics[place].samples += metric.samples.filter { !here.contains($0.labels) }
            } else {
                places[metric.family.name] = metrics.count
                metrics.append(metric)
            }
        }
    }

    /// Whole numbers of a family, all of its samples together; 0 where it is not there.
    package subscript(family: MetricFamily) -> Int { sum(family) { _ in true } }

    /// The whole number with these labels; 0 where it is not there.
    package subscript(family: MetricFamily, labels: String...) -> Int { sum(family) { $0 == labels } }

    private func sum(_ family: MetricFamily, where fits: ([String]) -> Bool) -> Int {
        guard let place = places[family.name] else { return 0 }
        return metrics[place].samples.reduce(0) { sum, sample in
            guard fits(sample.labels), case .integer(let value) = sample.value else { return sum }
            return sum + value
        }
    }
}
