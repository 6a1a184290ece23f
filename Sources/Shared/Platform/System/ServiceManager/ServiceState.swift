/// What the manager of a service is told of it: sd_notify(3). A value.
package enum ServiceState: Sendable, Hashable {
    /// It has come up: what waits for it may start.
    case ready
    /// It was told to stop, and is leaving.
    case stopping

    /// As it stands on the wire.
    package var message: String {
        switch self {
        case .ready: "READY=1\nSTATUS=serving"
        case .stopping: "STOPPING=1\nSTATUS=leaving"
        }
    }
}
