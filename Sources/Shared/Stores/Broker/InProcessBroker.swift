import Core
import NIOCore
import Synchronization

/// The broker of the standalone process: a table of who hears what. It never drops, for it queues nothing: `publish`
/// calls the receivers on the publisher's own thread.
///
/// Two locks: the table's, held for a look-up only, and one that is held while receivers are called. The second is what
/// `unsubscribe` and `close` wait for, so that nothing is delivered after they have returned.
package final class InProcessBroker: Broker {
    fileprivate struct Table {
        var receivers: [Int: any BrokerReceiver] = [:]
        var subscribers: [StreamName: Set<Int>] = [:]
        var listeners: [ControlChannel: Set<Int>] = [:]
        var nextIdentifier = 0
    }

    private let table = Mutex(Table())
    private let delivery = Mutex(())

    package init() {}

    package func publish(_ batch: [Publication]) async throws {
        delivery.withLock { _ in
            for (receiver, batch) in deliveries(of: batch) { receiver.receive(batch) }
        }
    }

    package func send(_ message: ByteBuffer, on channel: ControlChannel) async throws {
        delivery.withLock { _ in
            let receivers = table.withLock { table in
                (table.listeners[channel] ?? []).compactMap { table.receivers[$0] }
            }
            for receiver in receivers { receiver.receive(message, on: channel) }
        }
    }

    package var status: StoreStatus { .connected }

    package func close() async {}

    private func deliveries(of batch: [Publication]) -> [(any BrokerReceiver, [Publication])] {
        table.withLock { table in
            var batches: [Int: [Publication]] = [:]
            for publication in batch {
                for identifier in table.subscribers[publication.stream] ?? [] {
                    batches[identifier, default: []].append(publication)
                }
            }
            return batches.compactMap { identifier, batch in table.receivers[identifier].map { ($0, batch) } }
        }
    }

    package func attach(_ receiver: any BrokerReceiver) -> any BrokerSubscriber {
        let identifier = table.withLock { table in
            table.nextIdentifier += 1
            table.receivers[table.nextIdentifier] = receiver
            return table.nextIdentifier
        }
        return Subscriber(broker: self, identifier: identifier)
    }

    private struct Subscriber: BrokerSubscriber {
        let broker: InProcessBroker
        let identifier: Int

        func subscribe(to stream: StreamName) async throws {
            broker.table.withLock { table in
                guard table.receivers[identifier] != nil else { return }
                table.subscribers[stream, default: []].insert(identifier)
            }
        }

        func listen(on channel: ControlChannel) async throws {
            broker.table.withLock { table in
                guard table.receivers[identifier] != nil else { return }
                table.listeners[channel, default: []].insert(identifier)
            }
        }

        func unsubscribe(from stream: StreamName) async throws {
            broker.table.withLock { $0.remove(identifier, from: stream) }
            broker.delivery.withLock { _ in }
        }

        func close() async {
            broker.table.withLock { table in
                table.receivers[identifier] = nil
                for channel in ControlChannel.allCases { table.listeners[channel]?.remove(identifier) }
                for stream in Array(table.subscribers.keys) { table.remove(identifier, from: stream) }
            }
            broker.delivery.withLock { _ in }
        }
    }
}

extension InProcessBroker.Table {
    fileprivate mutating func remove(_ identifier: Int, from stream: StreamName) {
        subscribers[stream]?.remove(identifier)
        if subscribers[stream]?.isEmpty == true { subscribers[stream] = nil }
    }
}
