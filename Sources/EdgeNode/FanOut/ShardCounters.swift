import Core
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
    /// Holes that clients were told of, once for each stream.
    let gaps = CounterTable<GapReason, OneThread>(GapReason.allCases, other: .edge)
    /// Streams that were resumed, by whether everything that was missed could be replayed.
    let resumed = Counter<OneThread>()
    let notRecovered = CounterTable<ResumeFailure, OneThread>(ResumeFailure.allCases, other: .unknown)
    /// Of those for which the client had no position, as at its first connect: they miss nothing that it had.
    let withoutPosition = Counter<OneThread>()
    /// Messages that came from the history.
    let replayed = Counter<OneThread>()
    /// Publications that clients were given, by the kinds of their streams; those that were replayed, too.
    let deliveries = CounterTable<String, OneThread>(other: "other")
    let deliveredBytes = Counter<OneThread>()
    /// Books that were given anew in the place of changes that a client had no room for.
    let resynchronised = Counter<OneThread>()
    let endings = CounterTable<ConnectionEnding, OneThread>(
        ConnectionEnding.known,
        bound: ConnectionEnding.bound,
        other: .other
    )
    let refusals = CounterTable<HandshakeRefusal, OneThread>(HandshakeRefusal.allCases, other: .badRequest)
    /// From the accepted connection to the answer 101, in nanoseconds.
    let handshakes = MetricHistogram<OneThread>(.seconds)
    /// Of turns in which publications were given to clients: how many those were.
    let batches = MetricHistogram<OneThread>(.amounts)
    /// Of the same turns: from when the broker brought the oldest of them to the end of the turn, in nanoseconds.
    let fanOut = MetricHistogram<OneThread>(.seconds)
    /// Of each update: from the exchange's time to the end of the turn.
    let endToEnd = LagMeter()
}
