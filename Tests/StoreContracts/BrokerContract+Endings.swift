import Stores
import Testing

extension BrokerContract {
    private typealias Sample = ContractPublications

    /// What holds when a subscription, or a subscriber, ends. A second stream shows that what was to come has come.
    static let endings = [
        BrokerContract("delivers nothing after unsubscribe has returned, and everything after subscribing again") {
            broker in
            let (stream, other) = (Sample.freshStream(), Sample.freshStream())
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            for stream in [stream, other] { try await subscriber.subscribe(to: stream) }
            try await broker.publish([Sample.publication(stream, 1)])
            _ = await receiver.publications(atLeast: 1)
            for _ in 0..<2 { try await subscriber.unsubscribe(from: stream) }
            try await broker.publish([Sample.publication(stream, 2), Sample.publication(other, 1)])
            _ = await receiver.publications(atLeast: 2)
            try await subscriber.subscribe(to: stream)
            try await broker.publish([Sample.publication(stream, 3)])
            let heard = await receiver.publications(atLeast: 3)
            #expect(
                heard == [Sample.publication(stream, 1), Sample.publication(other, 1), Sample.publication(stream, 3)]
            )
            await subscriber.close()
        },
        BrokerContract("lets unsubscribe return only when the delivery under way has ended") { broker in
            let stream = Sample.freshStream()
            let receiver = HeldReceiver()
            let subscriber = broker.attach(receiver)
            try await subscriber.subscribe(to: stream)
            let publishing = Task { try await broker.publish([Sample.publication(stream, 1)]) }
            await receiver.hasBegun()
            try await subscriber.unsubscribe(from: stream)
            receiver.unsubscribeHasReturned()
            #expect(receiver.endedBeforeUnsubscribeReturned)
            try await publishing.value
            await subscriber.close()
        },
        BrokerContract("does not mind unsubscribing from what was never subscribed") { broker in
            let (stream, other) = (Sample.freshStream(), Sample.freshStream())
            let receiver = CollectingReceiver()
            let subscriber = broker.attach(receiver)
            try await subscriber.subscribe(to: stream)
            try await subscriber.unsubscribe(from: other)
            try await broker.publish([Sample.publication(stream, 1)])
            #expect(await receiver.publications(atLeast: 1).count == 1)
            await subscriber.close()
        },
        BrokerContract("lets the others hear on when one unsubscribes or closes") { broker in
            let stream = Sample.freshStream()
            let (leaving, closing, staying) = (CollectingReceiver(), CollectingReceiver(), CollectingReceiver())
            let subscribers = [leaving, closing, staying].map { broker.attach($0) }
            for subscriber in subscribers { try await subscriber.subscribe(to: stream) }
            try await subscribers[0].unsubscribe(from: stream)
            await subscribers[1].close()
            try await broker.publish([Sample.publication(stream, 1)])
            #expect(await staying.publications(atLeast: 1).count == 1)
            #expect(leaving.publications.isEmpty && closing.publications.isEmpty)
            await subscribers[0].close()
            await subscribers[2].close()
        },
        BrokerContract("lets the receiver go when its subscriber is closed") { broker in
            var receiver: CollectingReceiver? = CollectingReceiver()
            weak let released = receiver
            let subscriber = broker.attach(try #require(receiver))
            try await subscriber.subscribe(to: Sample.freshStream())
            receiver = nil
            #expect(released != nil)
            await subscriber.close()
            // The thread that has closed it may hold it for a moment longer.
            let deadline = ContinuousClock.now + .seconds(60)
            while released != nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(1)) }
            #expect(released == nil)
        },
    ]
}
