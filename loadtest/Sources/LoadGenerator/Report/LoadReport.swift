import Foundation

/// What a run has measured, as it stands in its JSON. What has no value is left out there.
package struct LoadReport: JSONReport, Sendable {
    /// Of clients that are slow on purpose.
    package struct Slow: Codable, Sendable {
        package var clients = 0
        package var connected = 0
        package var delivered = 0
        package var conflated = 0
        package var gaps = 0
        package var missing = 0
        package var toldGaps = 0
        package var toldMissing = 0
        package var repeats = 0
        package var reorders = 0
        package var closed: [String: Int] = [:]
        package var latency: LatencySummary?
    }

    package struct Storm: Codable, Sendable {
        package var reconnected = 0
        package var recovered = 0
        package var notRecovered = 0
        package var replayed = 0
        package var live = 0
        /// Nil where not all came back to life.
        package var secondsToLastLive: Double?
    }

    package var scenario: Scenario
    package var target: Target
    package var clients = 0
    package var connected = 0
    package var connectSeconds = 0.0
    package var retries = 0
    package var subscriptions = 0
    package var streams = 0
    package var bytes = 0
    package var rate = 0.0
    /// Of the measured time; nil where somebody else publishes.
    package var published: Int?
    package var expected: Int?
    package var delivered = 0
    /// All messages with data that ever came, those of the warm-up and of slow clients with them: what a server's work
    /// from the first publication on is divided by.
    package var received = 0
    /// Of what was expected, what was delivered or came as part of a range.
    package var share: Double?
    package var conflated = 0
    package var gaps = 0
    package var missing = 0
    package var toldGaps = 0
    package var toldMissing = 0
    package var repeats = 0
    package var reorders = 0
    package var unreadable = 0
    package var closed: [String: Int] = [:]
    package var seconds = 0.0
    package var deliveriesPerSecond = 0.0
    package var publishedPerSecond: Double?
    package var latency: LatencySummary?
    package var slow: Slow?
    package var storm: Storm?
    package var connectionsMade = 0
    /// Of the clients' loops alone, in the measured time.
    package var clientCPUSeconds = 0.0
    package var clientCPUMicrosecondsPerMessage: Double?
    /// Share of the measured time in which the clients' loops worked: near 1 they are what is measured.
    package var clientLoad = 0.0
    /// Of the whole process, with publishing.
    package var processCPUSeconds = 0.0
    package var generatorLag: LatencySummary?
    package var publishErrors: Int?
    package var stalls: Int?
    package var isInterrupted = false
    /// In words: why this is no clean result. Empty where it is one.
    package var problems: [String] = []

    package init(_ scenario: Scenario, _ target: Target) {
        self.scenario = scenario
        self.target = target
    }
}
