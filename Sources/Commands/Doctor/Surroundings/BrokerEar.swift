import Core
import NIOCore
import Platform
import Stores
import Synchronization

/// Listens to a broker for some seconds: who announces itself, who leads, and whether what is sent comes back. Attached while it does;
/// any thread. Bounded by `NodeTable`, and by so many epochs.
final class BrokerEar: BrokerReceiver {
    private static let maximumEpochs = 8
    private static let channels: [ControlChannel] = [.probe, .nodes, .heartbeat]

    private struct State {
        var table = NodeTable()
        var clocksAhead: [String: Int64] = [:]
        var heartbeats: [UInt64: Heartbeat] = [:]
        var spans = HeartbeatSpans()
        var unreadableHeartbeats = 0
        var probeCameAt: ContinuousClock.Instant?
    }

    private let mark = ControlNonce.random().description
    private let state = Mutex(State())

    /// - Parameters:
    ///   - time: How long it is listened for others.
    ///   - limit: How long the broker may take to let it listen, and to bring back what is sent.
    func listen(to broker: any Broker, for time: Duration, within limit: Duration) async -> Heard {
        var heard = Heard()
        heard.isListening = true
        let subscriber = broker.attach(self)
        let hears = await Deadline.value(within: limit) { [self] in await listen(subscriber) }
        guard hears == true else {
            heard.problem = "it does not let us listen: \(broker.status)"
            await subscriber.close()
            return heard
        }
        let began = ContinuousClock.now
        await probe(broker, within: limit, &heard)
        let rest = time - (ContinuousClock.now - began)
        if rest > .zero { try? await Task.sleep(for: rest) }
        await subscriber.close()
        state.withLock { state in
            heard.nodes = state.table.nodes(at: .now).map { node in
                Heard.Node(announcement: node, clockAhead: state.clocksAhead[node.id] ?? 0)
            }
            heard.nodesBeyond = state.table.overflowed
            heard.heartbeats = state.heartbeats.values.sorted { $0.epoch > $1.epoch }
            heard.unreadableHeartbeats = state.unreadableHeartbeats
            heard.overlap = state.spans.overlap
        }
        return heard
    }

    private func listen(_ subscriber: any BrokerSubscriber) async -> Bool {
        for channel in Self.channels {
            while true {
                guard !Task.isCancelled else { return false }
                do {
                    try await subscriber.listen(on: channel)
                    break
                } catch {
                    try? await Task.sleep(for: .milliseconds(100))
                }
            }
        }
        return true
    }

    /// Sends a message to ourselves.
    private func probe(_ broker: any Broker, within limit: Duration, _ heard: inout Heard) async {
        let message = JSONWriter.object { $0.string("mark", mark) }
        let end = ContinuousClock.now + limit
        var problem: String?
        while ContinuousClock.now < end {
            let sentAt = ContinuousClock.now
            do {
                try await broker.send(message, on: .probe)
                problem = nil
            } catch {
                // What the connection says has the reason, as a password that is refused; the error says only that there is none.
                if case .disconnected = broker.status { problem = "\(broker.status)" } else { problem = "\(error)" }
            }
            // A message may get lost; a broker that delivers brings back one of several.
            let patience = min(end, sentAt + .seconds(1))
            while ContinuousClock.now < patience {
                if let came = state.withLock(\.probeCameAt) {
                    heard.roundTrip = max(came - sentAt, .zero)
                    return
                }
                guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { return }
            }
        }
        heard.problem = problem ?? "what is sent does not come back within \(limit.settingText) s"
    }

    // MARK: Any thread of the broker's

    func receive(_ batch: [Publication]) {}

    func receive(_ message: ByteBuffer, on channel: ControlChannel) {
        switch channel {
        case .probe:
            guard String(buffer: message).contains(mark) else { return }
            state.withLock { if $0.probeCameAt == nil { $0.probeCameAt = .now } }
        case .nodes:
            guard let announcement = NodeAnnouncement(message) else { return }
            let (ahead, overflows) = announcement.sentAt.subtractingReportingOverflow(WallClock.milliseconds())
            state.withLock { state in
                guard state.table.take(announcement, at: .now) else { return }
                state.clocksAhead[announcement.id] = overflows ? .max : ahead
            }
        case .heartbeat:
            let heartbeat = try? Heartbeat(message)
            state.withLock { state in
                guard let heartbeat else {
                    state.unreadableHeartbeats += 1
                    return
                }
                guard state.heartbeats[heartbeat.epoch] != nil || state.heartbeats.count < Self.maximumEpochs else {
                    return
                }
                state.heartbeats[heartbeat.epoch] = heartbeat
                state.spans.hear(heartbeat.epoch, at: .now)
            }
        default: break
        }
    }

    func mayHaveMissed(_ loss: BrokerLoss) {}
}
