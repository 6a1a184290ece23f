/// What every program of ours tells of itself.
package enum ProgramMetrics {
    package static let buildInfo = MetricFamily.gauge(
        "tidegate_build_info",
        by: ["program", "version"],
        "1, with what runs here."
    )
    package static let logLinesDropped = MetricFamily.counter(
        "tidegate_log_lines_dropped_total",
        "Log lines that nobody took in time."
    )
    package static let documentReloadFailures = MetricFamily.counter(
        "tidegate_document_reload_failures_total",
        "How often the document had changed and was wrong, so that the one before went on."
    )
    package static let documentRefused = MetricFamily.gauge(
        "tidegate_document_refused",
        "1 while the document's file is wrong, and what was read before goes on; else 0."
    )

    package static let families = [buildInfo, logLinesDropped, documentReloadFailures, documentRefused]

    /// - Parameter document: Nil where the program reads none.
    package static func add(to snapshot: inout MetricsSnapshot, program: Program, document: LiveDocument?) {
        snapshot.add(buildInfo, 1, labels: [program.rawValue, Release.version])
        snapshot.add(logLinesDropped, FileDescriptorSink.standardError.droppedLines)
        snapshot.add(documentReloadFailures, document?.reloadFailures ?? 0)
        snapshot.add(documentRefused, document?.isRefused ?? false)
    }
}
