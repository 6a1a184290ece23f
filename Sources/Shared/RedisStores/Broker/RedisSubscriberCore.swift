import Core
import DequeModule
import NIOCore
import Stores
import Synchronization

/// A subscriber's Pub/Sub connection: bound to one event loop, on which the receiver is called too.
///
/// What one read of the socket brings is delivered as one batch; nothing is queued here beyond that. A receiver that is
/// slow holds the loop up, so the socket fills, and in the end Redis closes the connection
/// (client-output-buffer-limit): that is a reconnect like any other. After one, all subscriptions are made anew and
/// then the receiver is told.
final class RedisSubscriberCore: RedisLink.Owner, RedisReplyConsumer {
    typealias Table = SubscriptionTable<EventLoopPromise<Void>>

    private struct Wait {
        let deadline: NIODeadline
        let channel: String
        let identifier: Int
    }

    private let link: RedisLink
    private let limits: RedisLimits
    private let eventLoop: any EventLoop
    private let notes: UnreadableMessages
    private var receiver: (any BrokerReceiver)?
    private var table = Table()
    private var connection: RedisConnection?
    private var batch: [Publication] = []
    private var isRestored = false
    private var waits: Deque<Wait> = []
    private var timer: LoopTimer?
    private var openedAt = NIODeadline.now()
    private var lastHeard = NIODeadline.now()
    private var lastPing = NIODeadline.now()
    private var isFlushPlanned = false
    private var lastError: RedisError

    init(
        _ link: RedisLink,
        receiver: any BrokerReceiver,
        limits: RedisLimits,
        notes: UnreadableMessages,
        eventLoop: any EventLoop
    ) {
        self.link = link
        self.receiver = receiver
        self.limits = limits
        self.notes = notes
        self.eventLoop = eventLoop
        lastError = .disconnected(address: link.address, reason: "not connected yet")
    }

    func start() {
        link.start(owner: self)
        let interval = max(.milliseconds(10), min(limits.commandTimeout, limits.keepalive) / 4)
        timer = LoopTimer(every: interval, on: eventLoop) { [weak self] in self?.check(at: .now()) }
    }

    // MARK: What the subscriber asks for

    func want(_ channel: String, _ target: Table.Target, _ promise: EventLoopPromise<Void>) {
        guard receiver != nil else { return promise.fail(RedisError.closed) }
        guard let identifier = table.want(channel, target, promise) else { return promise.succeed() }
        let deadline = NIODeadline.now() + TimeAmount(limits.commandTimeout)
        waits.append(Wait(deadline: deadline, channel: channel, identifier: identifier))
        planFlush()
    }

    /// No delivery of it is under way, since that would hold this loop, and none comes after.
    func drop(_ channel: String) {
        for promise in table.drop(channel) { promise.fail(CancellationError()) }
        planFlush()
    }

    /// A connection that is older than `moment` is closed, and the next one looks the name up.
    func renew(before moment: NIODeadline) {
        guard let connection, openedAt < moment else { return }
        connection.close(because: .outlived(address: connection.address))
    }

    func close() -> EventLoopFuture<Void> {
        receiver = nil
        batch = []
        timer?.cancel()
        for promise in table.close() { promise.fail(RedisError.closed) }
        return link.close()
    }

    // MARK: What the connection brings

    func connected(_ connection: RedisConnection, _ commander: RedisCommander) {
        commander.retire()
        connection.consumer = self
        self.connection = connection
        openedAt = .now()
        (lastHeard, lastPing) = (openedAt, openedAt)
        table.connected()
        flush()
    }

    func disconnected(_ error: RedisError) { lastError = error }

    func received(_ reply: RESPValue) {
        do throws(RedisError) {
            switch try PubSubReply(reply) {
            case .message(let channel, let bytes): deliver(bytes, from: channel)
            case .confirmation(let channel): confirmed(channel)
            case .pong: break
            }
        } catch {
            connection?.close(because: error)
        }
    }

    func readCompleted() {
        lastHeard = .now()
        deliverBatch()
        guard isRestored else { return }
        isRestored = false
        receiver?.mayHaveMissed(.everything)
    }

    func closed(_ error: RedisError) {
        readCompleted()
        connection = nil
        table.disconnected()
    }

    // MARK: Inside

    private func deliver(_ bytes: ByteBuffer, from channel: String) {
        switch table.target(of: channel) {
        case .stream(let stream):
            do throws(PublicationRecord.Failure) {
                batch.append(try PublicationRecord.read(bytes, of: stream))
            } catch {
                notes.note(channel: channel, error)
            }
        case .control(let control):
            deliverBatch()
            receiver?.receive(bytes, on: control)
        case nil: break
        }
    }

    private func deliverBatch() {
        guard !batch.isEmpty else { return }
        let delivery = batch
        batch = []
        batch.reserveCapacity(delivery.count)
        receiver?.receive(delivery)
    }

    private func confirmed(_ channel: String) {
        guard let confirmation = table.confirmed(channel) else { return }
        if confirmation.isRestored { isRestored = true }
        for promise in confirmation.waiters { promise.succeed() }
    }

    /// What is asked for in one turn of the loop goes out together: thousands of subscriptions are a few commands.
    private func planFlush() {
        guard !isFlushPlanned else { return }
        isFlushPlanned = true
        eventLoop.assumeIsolated().execute { [self] in
            isFlushPlanned = false
            flush()
        }
    }

    private func flush() {
        guard let connection else { return }
        do throws(RedisError) {
            for command in table.takeCommands() {
                var words = RedisCommand(command.verb.rawValue)
                for channel in command.channels { words.append(channel) }
                connection.write(try RedisBatch(words).bytes)
            }
        } catch {
            connection.close(because: error)
        }
    }

    private func check(at now: NIODeadline) {
        while let wait = waits.first, wait.deadline <= now {
            waits.removeFirst()
            giveUp(wait)
        }
        guard let connection else { return }
        if now - lastHeard >= TimeAmount(limits.keepalive + limits.commandTimeout) {
            return connection.close(because: .timedOut(command: "PING", after: limits.commandTimeout))
        }
        guard now - max(lastHeard, lastPing) >= TimeAmount(limits.keepalive) else { return }
        lastPing = now
        if let ping = try? RedisBatch(RedisCommand("PING")) { connection.write(ping.bytes) }
    }

    private func giveUp(_ wait: Wait) {
        let error =
            connection == nil ? lastError : RedisError.timedOut(command: "SUBSCRIBE", after: limits.commandTimeout)
        switch table.giveUp(wait.channel, wait.identifier) {
        // It will be heard when Redis is back.
        case .stays(let promises): for promise in promises { promise.succeed() }
        case .dropped(let promises): for promise in promises { promise.fail(error) }
        case .nothing: return
        }
        planFlush()
    }
}

@available(*, unavailable)
extension RedisSubscriberCore: Sendable {}
