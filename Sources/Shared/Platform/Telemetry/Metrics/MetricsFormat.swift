/// The two ways in which metrics are told, and which of them who asks would rather have. Pure.
package enum MetricsFormat: Sendable, CaseIterable {
    /// Prometheus' text format, 0.0.4.
    case text
    /// OpenMetrics 1.0.
    case openMetrics

    package var type: HTTPContentType {
        switch self {
        case .text: HTTPContentType("text/plain; version=0.0.4; charset=utf-8")
        case .openMetrics: HTTPContentType("application/openmetrics-text; version=1.0.0; charset=utf-8")
        }
    }

    /// By the header `Accept` (RFC 9110, section 12.5.1): what has the greatest weight; of equals OpenMetrics, where it is named.
    /// Who would have neither gets text: a scraper reads that better than an error.
    package init(accept: [String]) {
        var weights: [MetricsFormat: Double] = [:]
        var wildcard = 0.0
        for element in accept.flatMap({ $0.split(separator: ",") }) {
            let parts = element.split(separator: ";").map { $0.trimmingSpaces() }
            let parameters = parts.dropFirst().map { $0.lowercased() }
            let weight = Self.weight(parameters)
            switch parts.first?.lowercased() {
            case "application/openmetrics-text" where Self.version(parameters).map { $0 == "1.0.0" } ?? true:
                weights[.openMetrics] = max(weight, weights[.openMetrics] ?? 0)
            case "text/plain" where Self.version(parameters).map { $0 == "0.0.4" } ?? true:
                weights[.text] = max(weight, weights[.text] ?? 0)
            case "text/*", "*/*": wildcard = max(weight, wildcard)
            default: continue
            }
        }
        let openMetrics = weights[.openMetrics] ?? 0
        self = openMetrics > 0 && openMetrics >= weights[.text] ?? wildcard ? .openMetrics : .text
    }

    private static func weight(_ parameters: [String]) -> Double {
        guard let text = value("q", parameters) else { return 1 }
        return Double(text).flatMap { (0...1).contains($0) ? $0 : nil } ?? 0
    }

    private static func version(_ parameters: [String]) -> String? { value("version", parameters) }

    private static func value(_ name: String, _ parameters: [String]) -> String? {
        for parameter in parameters where parameter.hasPrefix("\(name)=") {
            return parameter.dropFirst(name.count + 1).filter { $0 != "\"" }
        }
        return nil
    }
}
