import CNats
import NIOCore
import Synchronization

/// One subscription at the server, and whom its messages go to.
///
/// cnats calls it on its own threads, one at a time. `end` takes the receiver away, and returns when a call under way has
/// ended; what still comes is thrown away. The C object is destroyed much later, by the graveyard: cnats 3.4 crashes where
/// it is destroyed while a message is on its way to it.
final class NATSSubscription: Sendable {
    enum Subject: Sendable {
        case stream(StreamName)
        case control(ControlChannel)
    }

    let subject: Subject
    private let target: Mutex<(any BrokerReceiver)?>
    private let notes: UnreadableMessages
    /// Set once, right after cnats has made it; read by the thread that unsubscribes.
    private let handle = Mutex<Handle?>(nil)

    /// The pointer is only handed to cnats, whose functions lock by themselves.
    struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    init(_ subject: Subject, to receiver: any BrokerReceiver, notes: UnreadableMessages) {
        self.subject = subject
        self.notes = notes
        target = Mutex(receiver)
    }

    var pointer: OpaquePointer? {
        get { handle.withLock { $0?.pointer } }
    }

    func made(_ pointer: OpaquePointer) { handle.withLock { $0 = Handle(pointer: pointer) } }

    var receiver: (any BrokerReceiver)? { target.withLock { $0 } }

    /// Must not be called by the receiver from within `receive`.
    func end() { target.withLock { $0 = nil } }

    func deliver(_ data: ByteBuffer) {
        switch subject {
        case .control(let channel): target.withLock { $0?.receive(data, on: channel) }
        case .stream(let stream):
            do {
                let publication = try PublicationRecord.read(data, of: stream)
                target.withLock { $0?.receive([publication]) }
            } catch {
                notes.note(channel: stream.canonical, error)
            }
        }
    }
}

/// What cnats calls with each message; `closure` is the subscription, which the graveyard keeps alive for long enough.
let natsMessageArrived: natsMsgHandler = { _, _, message, closure in
    guard let message else { return }
    defer { natsMsg_Destroy(message) }
    guard let closure else { return }
    let subscription = Unmanaged<NATSSubscription>.fromOpaque(closure).takeUnretainedValue()
    // Copied: the bytes go with the message.
    let bytes = UnsafeRawBufferPointer(start: natsMsg_GetData(message), count: Int(natsMsg_GetDataLength(message)))
    subscription.deliver(ByteBuffer(bytes: bytes))
}
