import CNats
import Core
import NIOCore
import Stores
import Synchronization

/// One subscription at the server, and whom its messages go to.
///
/// cnats calls it on its own threads, one at a time. `end` takes the receiver away, and returns when a call under way has
/// returned; what still comes is thrown away. The C object is destroyed much later, by the graveyard.
final class NATSSubscription: Sendable {
    enum Subject: Sendable {
        case stream(StreamName)
        case control(ControlChannel)
    }

    private enum Delivery {
        case open
        /// Who is to be told when it is complete.
        case awaited(@Sendable () -> Void)
        case complete
    }

    /// The pointer is only handed to cnats, whose functions lock by themselves.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    let subject: Subject
    let name: String
    private let target: Mutex<(any BrokerReceiver)?>
    private let notes: UnreadableMessages
    private let delivery = Mutex(Delivery.open)
    /// Set once, before anybody else has this object.
    private let handle = Mutex<Handle?>(nil)

    private init(_ subject: Subject, named name: String, to receiver: any BrokerReceiver, notes: UnreadableMessages) {
        self.subject = subject
        self.name = name
        self.notes = notes
        target = Mutex(receiver)
    }

    /// Asks the server; it has confirmed when it has answered a flush after this.
    static func make(
        _ subject: Subject,
        named name: String,
        on connection: NATSConnection,
        to receiver: any BrokerReceiver,
        limits: NATSLimits,
        notes: UnreadableMessages
    ) throws(NATSError) -> NATSSubscription {
        let subscription = NATSSubscription(subject, named: name, to: receiver, notes: notes)
        // Given back by `destroy`.
        let closure = Unmanaged.passRetained(subscription)
        var made: OpaquePointer?
        let status = connection.withPointer {
            natsConnection_Subscribe(&made, $0, name, natsMessageArrived, closure.toOpaque())
        }
        guard status == NATS_OK, let made else {
            closure.release()
            throw NATSError("subscribe", status)
        }
        subscription.handle.withLock { $0 = Handle(pointer: made) }
        _ = natsSubscription_SetPendingLimits(
            made,
            Int32(limits.maximumPendingMessages),
            Int32(limits.maximumPendingBytes)
        )
        // Refused where the connection has ended meanwhile: then nothing was delivered.
        if natsSubscription_SetOnCompleteCB(made, natsDeliveryComplete, closure.toOpaque()) != NATS_OK {
            subscription.complete()
        }
        return subscription
    }

    /// Nothing is delivered once this has returned. Must not be called by the receiver from within `receive`.
    func end() {
        target.withLock { $0 = nil }
        if let pointer { _ = natsSubscription_Unsubscribe(pointer) }
    }

    /// Calls back when cnats has thrown away what was still waiting for this subscription, which has ended; on a thread of
    /// cnats, or at once.
    func whenComplete(_ body: @escaping @Sendable () -> Void) {
        let isComplete = delivery.withLock { delivery in
            if case .complete = delivery { return true }
            delivery = .awaited(body)
            return false
        }
        if isComplete { body() }
    }

    /// Gives the C object and what it holds of this one back. To be called once.
    func destroy() {
        if let pointer { natsSubscription_Destroy(pointer) }
        Unmanaged.passUnretained(self).release()
    }

    /// How many messages wait for the receiver, and how many were dropped so far.
    var backlog: (pending: Int, dropped: Int64) {
        guard let pointer else { return (0, 0) }
        var (messages, bytes, dropped) = (Int32(0), Int32(0), Int64(0))
        // In this order: what was dropped before the queue was seen empty is counted.
        _ = natsSubscription_GetPending(pointer, &messages, &bytes)
        _ = natsSubscription_GetDropped(pointer, &dropped)
        return (Int(messages), dropped)
    }

    private var pointer: OpaquePointer? { handle.withLock { $0?.pointer } }

    fileprivate func complete() {
        let previous = delivery.withLock { delivery in
            defer { delivery = .complete }
            return delivery
        }
        if case .awaited(let body) = previous { body() }
    }

    fileprivate func deliver(_ data: ByteBuffer) {
        switch subject {
        case .control(let channel): target.withLock { $0?.receive(data, on: channel) }
        case .stream(let stream):
            do throws(PublicationRecord.Failure) {
                let publication = try PublicationRecord.read(data, of: stream)
                target.withLock { $0?.receive([publication]) }
            } catch {
                if let position = PublicationRecord.notice(data) {
                    target.withLock { $0?.mayHaveMissed(.publication(stream, position)) }
                } else {
                    notes.note(channel: name, error)
                }
            }
        }
    }
}

/// What cnats calls with each message; `closure` is the subscription, which `destroy` gives back.
private let natsMessageArrived: natsMsgHandler = { _, _, message, closure in
    guard let message else { return }
    defer { natsMsg_Destroy(message) }
    guard let closure else { return }
    let subscription = Unmanaged<NATSSubscription>.fromOpaque(closure).takeUnretainedValue()
    // Copied: the bytes go with the message.
    let bytes = UnsafeRawBufferPointer(start: natsMsg_GetData(message), count: Int(natsMsg_GetDataLength(message)))
    subscription.deliver(ByteBuffer(bytes: bytes))
}

private let natsDeliveryComplete: natsOnCompleteCB = { closure in
    guard let closure else { return }
    Unmanaged<NATSSubscription>.fromOpaque(closure).takeUnretainedValue().complete()
}
