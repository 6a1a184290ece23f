import Core
import NIOCore

/// A part of a batch: one call of the script, bounded so that it neither holds up Redis nor needs much memory at once.
struct LogPart {
    static let maximumPublications = 512
    static let maximumBytes = 1 << 20

    /// All of one epoch.
    let publications: ArraySlice<Publication>
    let call: RedisBatch
    /// Those whose expiry is set by this call.
    let expiring: [StreamName]
    let made: ContinuousClock.Instant

    /// The first part of `rest`, which isn't empty.
    init(
        _ rest: ArraySlice<Publication>,
        streams: inout LogStreams,
        termKey: String,
        writing wire: WireVersion,
        publishes: Bool,
        at now: ContinuousClock.Instant
    ) throws(RedisError) {
        made = now
        let epoch = rest.first?.position.epoch ?? 0
        var numbers: [Int] = []
        var indices: [Int] = []
        var bytes = 0
        streams.beginPart(at: now)
        publications = rest.prefix { publication in
            let length = PublicationRecord.headerLength + publication.data.readableBytes
            guard numbers.isEmpty || (numbers.count < Self.maximumPublications && bytes + length <= Self.maximumBytes),
                publication.position.epoch == epoch
            else { return false }
            let (number, index) = streams.number(of: publication.stream, next: indices.count + 1, at: now)
            if number > indices.count { indices.append(index) }
            numbers.append(number)
            bytes += length
            return true
        }
        var command = LogScript.script.call(
            keys: [termKey] + indices.flatMap { [streams.entries[$0].key, streams.entries[$0].headKey] }
        )
        command.reserve(bytes: bytes + 32 * numbers.count + 96 * indices.count, arguments: 3 * numbers.count)
        command.append(epoch)
        command.append(streams.expiryMilliseconds)
        command.append(publishes ? "1" : "0")
        command.append(streams.headExpiryMilliseconds)
        for index in indices {
            command.append(streams.entries[index].bound)
            command.append(streams.needsExpiry(index, at: now) ? "1" : "0")
            command.append(streams.entries[index].channel)
        }
        for (publication, number) in zip(publications, numbers) {
            command.append(number)
            // What stands outside the sequence is published alone.
            command.append(publication.isSequenced ? "\(publication.position.sequence)-0" : "")
            command.append { PublicationRecord.write(publication, as: wire, into: &$0) }
        }
        call = try RedisBatch(command)
        var firsts: [StreamName?] = Array(repeating: nil, count: indices.count)
        for (publication, number) in zip(publications, numbers) where publication.isSequenced {
            firsts[number - 1] = publication.stream
        }
        expiring = firsts.enumerated().compactMap { number, stream in
            stream.flatMap { streams.needsExpiry(indices[number], at: now) ? $0 : nil }
        }
    }
}
