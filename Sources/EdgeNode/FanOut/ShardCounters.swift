import Platform

/// What one shard counts. Written on its loop only, read from any thread.
final class ShardCounters: Sendable {
    let connections = Counter<OneThread>()
    let connectionsEver = Counter<OneThread>()
    /// Of those, who came with a credential.
    let cameAuthenticated = Counter<OneThread>()
    let subscriptions = Counter<OneThread>()
    /// Streams that clients were told they have, of all that asked.
    let confirmed = Counter<OneThread>()
    /// Tokens that clients have shown on their connections, good ones and others.
    let authenticated = Counter<OneThread>()
    let tokensRefused = Counter<OneThread>()
    let messagesSent = Counter<OneThread>()
    let messagesReceived = Counter<OneThread>()
    let conflated = Counter<OneThread>()
    /// Messages without a number that a slow client was not given.
    let transientDropped = Counter<OneThread>()
    let slowConsumersClosed = Counter<OneThread>()
    let activeStreams = Counter<OneThread>()
    /// Bytes that wait for full sockets.
    let backlogBytes = Counter<OneThread>()
    let staleDropped = Counter<OneThread>()
    /// Streams that were asked for by somebody who may not have them, or were taken from somebody.
    let forbidden = Counter<OneThread>()
    let gaps = Counter<OneThread>()
    /// Streams that were resumed, by whether everything that was missed could be replayed.
    let resumed = Counter<OneThread>()
    let notRecovered = Counter<OneThread>()
}
