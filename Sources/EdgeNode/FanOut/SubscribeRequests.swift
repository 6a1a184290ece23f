import Core
import NIOCore
import Stores

/// Requests to subscribe and to resume, from the client's word to the last snapshot of the answer. Lives on the shard's loop.
///
/// A request waits at each of its streams (`StreamFanOut.waiting`) until all are live, and of those to be resumed the log is at hand.
/// Each client has one at a time; a stream that does not come in time answers it with a rejection.
final class SubscribeRequests {
    private let eventLoop: any EventLoop
    private let streams: StreamTable
    private let subscriptions: ShardSubscriptions
    private let resumes: ResumeAnswers

    init(
        streams: StreamTable,
        subscriptions: ShardSubscriptions,
        resumes: ResumeAnswers,
        eventLoop: any EventLoop
    ) {
        self.streams = streams
        self.subscriptions = subscriptions
        self.resumes = resumes
        self.eventLoop = eventLoop
    }

    /// Answers the request at once where all that it needs is at hand here, otherwise when it is.
    func take(_ request: PendingSubscribe) {
        let now = eventLoop.now
        introduceStreams(of: request, at: now)
        let fanOuts = request.descriptors.map { streams.obtain($0, at: now) }
        for fanOut in fanOuts where fanOut.isLive && request.needsLog(of: fanOut.stream) {
            resumes.prepare(fanOut, at: now)
        }
        request.awaited = Set(fanOuts.filter { !$0.isReady(for: request) }.map(\.stream))
        guard !request.awaited.isEmpty else { return answer(request, at: now) }
        // Also where a stream is ready: it must not go unnoticed before the answer.
        for fanOut in fanOuts { fanOut.waiting.append(request) }
    }

    /// The stream has come, or come back.
    func streamIsLive(_ fanOut: StreamFanOut, at now: NIODeadline) {
        for request in fanOut.waiting where request.needsLog(of: fanOut.stream) { resumes.prepare(fanOut, at: now) }
        settle(fanOut, at: now)
    }

    /// The log that was read is here.
    func complete(_ fanOut: StreamFanOut, by read: LogRead.Number, with slice: HistorySlice?, at now: NIODeadline) {
        guard resumes.complete(fanOut, by: read, with: slice) else { return }
        settle(fanOut, at: now)
        // A history that could not be read now may be the next time.
        if slice == nil { fanOut.replay = nil }
    }

    /// The stream is over on this node: subscribers are told, requests that wait for it are answered.
    func end(_ stream: StreamName, at now: NIODeadline, _ rejection: (String) -> Rejection) {
        guard let fanOut = streams.remove(stream) else { return }
        subscriptions.endAll(on: fanOut, rejection)
        for request in fanOut.waiting where !request.isAnswered {
            request.reject(stream, rejection)
            settle(request, at: now)
        }
    }

    /// Streams that nobody here has heard are asked of the exchange at the client's rank; those beyond its bound it does not
    /// get.
    private func introduceStreams(of request: PendingSubscribe, at now: NIODeadline) {
        guard let connection = request.connection else { return }
        for descriptor in request.wanted.map(\.descriptor) {
            let stream = descriptor.name
            guard streams.isUnheard(stream) else { continue }
            let present = streams[stream]
            guard let rank = connection.session.introductions(at: now).rank(at: now) else {
                if present == nil { request.reject(stream) { .tooManyNew($0) } }
                continue
            }
            // Who wants what somebody else has asked for already asks for nothing, unless it comes earlier so.
            if let present, present.rank <= rank { continue }
            connection.session.introductions(at: now).introduce(at: now)
            let fanOut = present ?? streams.obtain(descriptor, at: now, rank: rank)
            if present != nil { streams.advance(fanOut, to: rank) }
            fanOut.rank = rank
            fanOut.introducer = connection.session.introductions(at: now)
        }
    }

    /// Requests that had to wait for what the stream has now.
    private func settle(_ fanOut: StreamFanOut, at now: NIODeadline) {
        let requests = fanOut.waiting
        for request in requests where fanOut.isReady(for: request) { request.awaited.remove(fanOut.stream) }
        fanOut.waiting = requests.filter { !$0.isAnswered && !$0.awaited.isEmpty }
        for request in requests { settle(request, at: now) }
    }

    private func settle(_ request: PendingSubscribe, at now: NIODeadline) {
        if request.awaited.isEmpty, !request.isAnswered { answer(request, at: now) }
    }

    /// The reply first, then each stream's state, then what is live: all in one turn of the loop, so that nothing can
    /// come in between.
    private func answer(_ request: PendingSubscribe, at now: NIODeadline) {
        request.isAnswered = true
        guard let connection = request.connection, !connection.isClosing else { return }
        defer { connection.session.finished(request) }
        if request.kind == .resume { return resumes.answer(request, connection, at: now) }
        let positions = positions(of: connection, before: request.wanted)
        let isTold = connection.session.send(
            .subscribed(
                accepted: request.wanted.map(\.argument.spelling),
                rejected: request.rejected,
                positions: request.named(positions),
                token: subscriptions.token(of: connection, adding: request.wanted, at: positions)
            ),
            in: request.dialect,
            id: request.id
        )
        guard isTold else { return }
        // What is written for one may show that the client has gone: nothing can be joined any more.
        for item in request.wanted where !connection.isClosing { join(connection, item, at: now) }
    }

    private func join(_ connection: ClientConnection, _ item: PendingSubscribe.Wanted, at now: NIODeadline) {
        guard let fanOut = streams[item.stream] else { return }
        if let present = connection.subscriptions[item.stream] {
            guard !present.goesOn(as: item) else { return }
            subscriptions.end(item.stream, of: connection)
        }
        let subscription = subscriptions.begin(item, of: connection, to: fanOut, at: now)
        subscriptions.sendSnapshot(to: subscription, fanOut, at: now)
    }

    /// Where the client stands in front of what follows the reply; without the streams of which it has nothing yet, since their
    /// state follows. The link may die behind the reply, and a client must not come back from what it was never sent.
    private func positions(
        of connection: ClientConnection,
        before wanted: [PendingSubscribe.Wanted]
    ) -> [StreamName: Position] {
        var positions: [StreamName: Position] = [:]
        // Two spellings of one stream may differ in their rates: the second then begins it anew.
        var anew: Set<StreamName> = []
        for item in wanted {
            guard let fanOut = streams[item.stream] else { continue }
            if let present = connection.subscriptions[item.stream], present.goesOn(as: item),
                !anew.contains(item.stream)
            {
                positions[item.stream] = subscriptions.position(of: present)
            } else {
                anew.insert(item.stream)
                positions[item.stream] = fanOut.joiningPosition
            }
        }
        return positions
    }
}

@available(*, unavailable)
extension SubscribeRequests: Sendable {}
