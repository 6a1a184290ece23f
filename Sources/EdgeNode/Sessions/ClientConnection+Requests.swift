import Core
import NIOCore
import Platform

/// What the client asks for.
extension ClientConnection {
    /// Arguments in one request, where the limit on subscriptions is not higher.
    private static let maximumArguments = 1000

    func handle(_ request: ClientRequest) {
        greetIfNeeded()
        switch request.operation {
        case .ping: send(.pong(timestamp: WallClock.milliseconds()), in: request.dialect, id: request.id)
        case .alive: break
        case .unsubscribe(let arguments): unsubscribe(arguments, request)
        case .subscribe(let arguments): subscribe(arguments, request)
        case .resume(let resume): self.resume(resume, request)
        }
    }

    func subscribe(_ arguments: [StreamArgument], _ request: ClientRequest) {
        begin(.subscribe, arguments.map { ResumeRequest.Wanted(argument: $0) }, request)
    }

    /// Sorts what is asked for into what may be had and what not, and hands it to the shard. May it still be had: also of a
    /// token that was given out when it might.
    func begin(_ kind: PendingSubscribe.Kind, _ asked: [ResumeRequest.Wanted], _ request: ClientRequest) {
        // A reply repeats each bad argument with its reason: a request must not be answered with many times its size.
        guard asked.count <= max(shard.settings.maximumSubscriptions, Self.maximumArguments) else {
            return refuseAsTooMany(request)
        }
        var wanted: [PendingSubscribe.Wanted] = []
        var rejected: [Rejection] = []
        for item in asked {
            switch item.argument.stream {
            case .failure(let error): rejected.append(Rejection(item.argument.spelling, error))
            case .success(let stream) where stream.access != .everybody:
                rejected.append(.forbidden(item.argument.spelling))
            case .success(let stream):
                wanted.append(
                    PendingSubscribe.Wanted(
                        argument: item.argument,
                        descriptor: stream,
                        variant: Variant(dialect: item.dialect ?? request.dialect),
                        // There is no place to go on from in what has no numbers.
                        claim: stream.deliveryClass.isSequenced ? item.claim : nil
                    )
                )
            }
        }
        let new = Set(wanted.map(\.stream)).filter { subscriptions[$0] == nil }
        guard subscriptions.count + new.count <= shard.settings.maximumSubscriptions else {
            return refuseAsTooMany(request)
        }
        let pending = PendingSubscribe(
            connection: self,
            kind: kind,
            dialect: request.dialect,
            id: request.id,
            wanted: wanted,
            rejected: rejected
        )
        self.pending = pending
        shard.subscribe(pending)
    }

    private func refuseAsTooMany(_ request: ClientRequest) {
        let limit = shard.settings.maximumSubscriptions
        send(.error(.limitExceeded(subscriptions: limit)), in: request.dialect, id: request.id)
    }

    /// The shard has answered the request: what came behind it can be read.
    func finished(_ request: PendingSubscribe) {
        guard pending === request else { return }
        request.connection = nil
        pending = nil
        resumeReading()
    }

    func unsubscribe(_ arguments: [StreamArgument], _ request: ClientRequest) {
        var removed: [String] = []
        var streams: Set<StreamName> = []
        for argument in arguments {
            guard case .success(let stream) = argument.stream, subscriptions[stream.name] != nil,
                streams.insert(stream.name).inserted
            else { continue }
            removed.append(argument.spelling)
        }
        let reply = ClientReply.unsubscribed(removed, asked: arguments.map(\.spelling))
        guard send(reply, in: request.dialect, id: request.id) else { return }
        for stream in streams { shard.unsubscribe(self, from: stream) }
    }

    /// Where the dialect has a greeting it comes before anything else, once: on connecting where the path tells what the client
    /// speaks, otherwise before the reply to its first request.
    func greetIfNeeded() {
        guard !hasGreeted else { return }
        let text = shard.dialects[dialect].greeting(clientCount: shard.node.clients.get())
        guard text.readableBytes > 0 else { return }
        hasGreeted = true
        send(text)
    }
}
