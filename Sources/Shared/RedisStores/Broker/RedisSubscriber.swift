import Core
import NIOCore
import Platform
import Stores

/// A subscriber with a connection of its own. May be used from any thread, but not from within its receiver.
final class RedisSubscriber: BrokerSubscriber {
    private let names: StoreNames
    private let eventLoop: any EventLoop
    private let core: NIOLoopBoundBox<RedisSubscriberCore?>
    private let state = RedisStatus()
    private let onClose: @Sendable () -> Void

    init(
        _ connector: RedisConnector,
        receiver: any BrokerReceiver,
        names: StoreNames,
        notes: UnreadableMessages,
        logger: RateLimitedLogger,
        eventLoop: any EventLoop,
        onClose: @escaping @Sendable () -> Void
    ) {
        self.names = names
        self.eventLoop = eventLoop
        self.onClose = onClose
        core = .makeEmptyBox(valueType: RedisSubscriberCore.self, eventLoop: eventLoop)
        eventLoop.execute { [core, state] in
            let link = RedisLink(
                connector,
                purpose: "subscriptions",
                status: state,
                logger: logger,
                eventLoop: eventLoop
            )
            core.value = RedisSubscriberCore(
                link,
                receiver: receiver,
                limits: connector.limits,
                notes: notes,
                eventLoop: eventLoop
            )
            core.value?.start()
        }
    }

    var status: StoreStatus { state.current }

    var reconnects: Int { state.reconnects }

    func subscribe(to stream: StreamName) async throws {
        try await want(names.channel(stream), .stream(stream))
    }

    func listen(on channel: ControlChannel) async throws {
        try await want(names.channel(channel), .control(channel))
    }

    func unsubscribe(from stream: StreamName) async throws {
        let channel = names.channel(stream)
        try await eventLoop.submit { [core] in core.value?.drop(channel) }.get()
    }

    /// A connection from before `moment` is made anew.
    func renew(before moment: NIODeadline) {
        eventLoop.execute { [core] in core.value?.renew(before: moment) }
    }

    func close() async {
        onClose()
        let closed = eventLoop.flatSubmit { [core, eventLoop] in
            defer { core.value = nil }
            return core.value?.close() ?? eventLoop.makeSucceededVoidFuture()
        }
        try? await closed.get()
    }

    private func want(_ channel: String, _ target: RedisSubscriberCore.Table.Target) async throws {
        let promise = eventLoop.makePromise(of: Void.self)
        eventLoop.execute { [core] in
            if let core = core.value { core.want(channel, target, promise) } else { promise.fail(RedisError.closed) }
        }
        try await promise.futureResult.get()
    }
}
