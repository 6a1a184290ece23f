/// The bounds of the connection to NATS: times, and what may wait for a receiver.
package struct NATSLimits: Sendable {
    /// What the server must take: a book of 1,000 levels on each side, of 64 bytes each, and its header. The server's own
    /// default of 1 MiB is enough. What is larger all the same is told by a notice and read from the history.
    static let largestPublication = 128 << 10

    /// For TCP, TLS and greeting, together, at one server.
    package var connectTimeout: Duration = .seconds(2)
    /// How long the server may take to answer, and how long it may refuse to read what is written.
    package var answerTimeout: Duration = .seconds(2)
    /// The least between two attempts to reach a server that was lost.
    package var reconnectWait: Duration = .milliseconds(250)
    /// Found dead after two pings.
    package var pingInterval: Duration = .seconds(5)
    /// How much may wait for the receiver in one subscription before cnats drops: far more than a history keeps. A drop is
    /// told to the receiver. A longer message never comes through.
    package var maximumPendingMessages = 8192
    package var maximumPendingBytes = 16 << 20

    package init() {}
}
