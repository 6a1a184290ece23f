import Logging
import NIOCore
import ServiceLifecycle
import Shared

/// One term of this process as the leader: all that exists only while it leads.
///
/// `run` makes a pipeline under the term's epoch, connects it to the exchange, starts everything that is wanted, and
/// delivers what comes of it, until the term is lost or the process is to stop. When it returns nothing of it publishes
/// any more, and the lease is given up.
struct IngestorTerm: Sendable {
    struct Outcome: Sendable {
        /// Why it ended, in words.
        var reason: String
        /// The process stops: no other term follows.
        var isLast: Bool
        /// What must be remembered of the numbers that were given.
        var sequencer: Sequencer?
    }

    private enum Event: Sendable {
        case publisher(Publisher.End)
        case over(String)
        case shutdown
        case flushTimeout
    }

    let configuration: Ingestor.Configuration
    let term: any LeaderTerm
    let publisher: Publisher
    let controller: DemandController
    let heartbeater: Heartbeater
    let eventLoop: any EventLoop
    let counters: IngestCounters
    let logger: Logger

    /// - Parameter memory: The numbers of this process's term before.
    func run(after memory: Sequencer?) async -> Outcome {
        let pipeline: NIOLoopBound<IngestPipeline>
        do {
            pipeline = try await eventLoop.submit { NIOLoopBound(makePipeline(memory), eventLoop: eventLoop) }.get()
        } catch {
            await term.resign()
            return Outcome(reason: "\(error)", isLast: true, sequencer: memory)
        }
        let ticks = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [publisher] _ in
            if let losses = publisher.takeLosses() { pipeline.value.tell(losses) }
            pipeline.value.tick()
        }
        await controller.lead(DemandController.Target(pipeline: pipeline, publisher: publisher))
        let link = UpstreamLink(
            url: configuration.url,
            backoff: configuration.backoff,
            eventLoop: eventLoop,
            counters: counters,
            logger: logger,
            pipeline: pipeline
        )
        // Not a child of the group: an attempt to connect can't be cut short, and the end of the term need not wait.
        let connecting = Task { await link.run() }
        let event = await deliver(pipeline)
        ticks.cancel()
        connecting.cancel()
        await controller.standDown()
        let sequencer = try? await eventLoop.submit { pipeline.value.end() }.get()
        await term.resign()
        return outcome(of: event, sequencer ?? memory)
    }

    /// Returns when nothing more will be published, with what ended it.
    private func deliver(_ pipeline: NIOLoopBound<IngestPipeline>) async -> Event {
        await withTaskGroup(of: Event?.self) { group in
            group.addTask { .publisher(await publisher.run()) }
            group.addTask { .over(await term.ended()) }
            group.addTask {
                await heartbeater.run()
                return nil
            }
            group.addTask {
                try? await gracefulShutdown()
                return .shutdown
            }
            var end = Event.shutdown
            while let next = await group.next() {
                guard let event = next else { continue }
                end = event
                guard case .shutdown = event, !Task.isCancelled else { break }
                await flush(pipeline, &group)
                break
            }
            group.cancelAll()
            await group.waitForAll()
            return end
        }
    }

    /// Takes nothing more in, and gives the publisher a while to deliver what it has.
    private func flush(_ pipeline: NIOLoopBound<IngestPipeline>, _ group: inout TaskGroup<Event?>) async {
        await controller.standDown()
        _ = try? await eventLoop.submit { pipeline.value.end() }.get()
        publisher.finish()
        let timeout = configuration.flushTimeout
        group.addTask {
            try? await Task.sleep(for: timeout)
            return .flushTimeout
        }
        while let next = await group.next() {
            switch next {
            case .publisher, .over, .flushTimeout: return
            case .shutdown, nil: continue
            }
        }
    }

    private func makePipeline(_ memory: Sequencer?) -> IngestPipeline {
        IngestPipeline(
            eventLoop: eventLoop,
            settings: configuration.upstream,
            sequencer: Sequencer(epoch: term.epoch, continuing: memory),
            isSimulated: configuration.isSimulated,
            logger: RateLimitedLogger(logger),
            counters: counters,
            publish: { [publisher] batch in publisher.enqueue(batch) }
        )
    }

    private func outcome(of event: Event, _ sequencer: Sequencer?) -> Outcome {
        let reason =
            switch event {
            case .publisher(.fenced(let words)): words
            case .publisher(.termLost): "the lease is no longer held"
            case .over(let words): words
            case .publisher, .shutdown, .flushTimeout: "the process stops"
            }
        if case .shutdown = event { return Outcome(reason: reason, isLast: true, sequencer: sequencer) }
        return Outcome(reason: reason, isLast: Task.isCancelled, sequencer: sequencer)
    }
}
