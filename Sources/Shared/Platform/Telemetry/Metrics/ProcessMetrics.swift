import Glibc

/// What the system says of this process: under the names that all programs use.
package enum ProcessMetrics {
    package static let cpu = MetricFamily.counter(
        "process_cpu_seconds_total",
        "Processor time that the process has used, its own and the system's for it."
    )
    package static let residentMemory = MetricFamily.gauge(
        "process_resident_memory_bytes",
        "Memory of the process that is in use."
    )
    package static let virtualMemory = MetricFamily.gauge(
        "process_virtual_memory_bytes",
        "Address space that the process has."
    )
    package static let openDescriptors = MetricFamily.gauge(
        "process_open_fds",
        "Files and sockets that the process has open."
    )
    package static let maximumDescriptors = MetricFamily.gauge(
        "process_max_fds",
        "Files and sockets that the process may have open."
    )
    package static let startTime = MetricFamily.gauge(
        "process_start_time_seconds",
        "When the process began, in seconds since 1970."
    )

    package static let families = [
        cpu, residentMemory, virtualMemory, openDescriptors,
        maximumDescriptors, startTime,
    ]

    /// What the system does not tell is left out. It takes some milliseconds where very many descriptors are open.
    package static func add(to snapshot: inout MetricsSnapshot) {
        if let status = ProcessStatus.own {
            snapshot.add(cpu, status.processorSeconds)
            snapshot.add(residentMemory, status.residentBytes)
            snapshot.add(virtualMemory, status.virtualBytes)
            if let startedAt = status.startedAt { snapshot.add(startTime, startedAt) }
        }
        if let open = DescriptorLimit.open { snapshot.add(openDescriptors, open) }
        snapshot.add(maximumDescriptors, DescriptorLimit.current)
    }
}
