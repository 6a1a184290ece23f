import Core
import FeedKit
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import Stores

/// One term of this process as the leader: all that exists only while it leads.
///
/// `run` makes a pipeline under the term's epoch, connects its feeds, starts everything that is wanted, and
/// delivers what comes of it, until the term is lost or the process is to stop. When it returns nothing of it publishes
/// any more, and the lease is given up. Where the lease could not be renewed, and nobody else is known to lead, pipeline,
/// connections and queue live on as an `Interlude`, with which the next term of this process may begin.
struct IngestorTerm: Sendable {
    struct Outcome: Sendable {
        /// Why it ended, in words.
        var reason: String
        /// The process stops: no other term follows.
        var isLast: Bool
        /// What must be remembered of the numbers that were given.
        var sequencer: Sequencer?
        /// What may go on.
        var interlude: Interlude?
    }

    private enum Event: Sendable {
        case publisher(Publisher.End)
        case over(String)
        case shutdown
        case flushTimeout
    }

    let configuration: Ingestor.Configuration
    let catalog: any StreamCatalog
    let feeds: [any Feed]
    let term: any LeaderTerm
    let publisher: Publisher
    let controller: DemandController
    let history: any History
    let heartbeater: Heartbeater
    let tellers: [InstrumentTeller]
    /// Nil where nothing is published by hand.
    let inbox: Inbox?
    let eventLoop: any EventLoop
    let counters: IngestCounters
    let logger: Logger

    /// - Parameters:
    ///   - memory: The numbers of this process's term before.
    ///   - interlude: What goes on of that term. Nobody has led since.
    func run(after memory: Sequencer?, continuing interlude: Interlude? = nil) async -> Outcome {
        let pipeline: NIOLoopBound<IngestPipeline>
        var conflicts: [StreamName: StreamConflict] = [:]
        do {
            if let interlude {
                pipeline = interlude.pipeline
                guard let checked = try await takeOver(interlude) else { return await interrupted(interlude) }
                conflicts = checked
            } else {
                pipeline = try await eventLoop.submit { NIOLoopBound(makePipeline(memory), eventLoop: eventLoop) }.get()
            }
        } catch {
            await term.resign()
            return Outcome(reason: "\(error)", isLast: true, sequencer: memory)
        }
        let ticks = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [publisher] _ in
            if let losses = publisher.takeLosses() { pipeline.value.tell(losses) }
            pipeline.value.tick()
        }
        await controller.lead(DemandController.Target(pipeline: pipeline, publisher: publisher))
        for (stream, conflict) in conflicts { await controller.renumber(stream, after: conflict) }
        if interlude == nil { eventLoop.execute { pipeline.value.connect() } }
        let event = await deliver(pipeline)
        ticks.cancel()
        await controller.standDown()
        let next = mayGoOn(after: event) ? self.interlude(pipeline) : nil
        var sequencer: Sequencer?
        if next == nil {
            sequencer = try? await eventLoop.submit { pipeline.value.end() }.get()
            publisher.queue.abandon()
        }
        await term.resign()
        return outcome(of: event, sequencer ?? memory, next)
    }

    /// What waits is of this term. Answers the streams whose logs do not end where this process stood: of these nothing is
    /// delivered until they are numbered anew. Nil where the term is over before that is known.
    private func takeOver(_ interlude: Interlude) async throws -> [StreamName: StreamConflict]? {
        let waiting = try await interlude.goOn(under: term.epoch)
        let check = QueueCheck(history: history, term: term, earlier: interlude.epoch)
        guard let outcome = await check.check(waiting) else { return nil }
        interlude.queue.leaveOut(upTo: outcome.kept)
        publisher.block(outcome.conflicts.keys)
        logger.notice(
            "going on with what could not be delivered, for nobody has led in between",
            metadata: [
                "waiting": "\(interlude.queue.size.count)", "streams": "\(waiting.count)",
                "otherwise": "\(outcome.conflicts.count) streams",
            ]
        )
        interlude.queue.goOn()
        return outcome.conflicts
    }

    private func interrupted(_ interlude: Interlude) async -> Outcome {
        let reason = "the lease is no longer held"
        let next = !Task.isCancelled && term.isVacant ? self.interlude(interlude.pipeline) : nil
        await term.resign()
        guard next == nil else { return Outcome(reason: reason, isLast: false, interlude: next) }
        return Outcome(reason: reason, isLast: Task.isCancelled, sequencer: await interlude.end())
    }

    private func interlude(_ pipeline: NIOLoopBound<IngestPipeline>) -> Interlude {
        Interlude(
            epoch: term.epoch,
            pipeline: pipeline,
            queue: publisher.queue,
            eventLoop: eventLoop
        )
    }

    private func mayGoOn(after event: Event) -> Bool {
        switch event {
        case .over, .publisher(.termLost): !Task.isCancelled && term.isVacant
        case .publisher, .shutdown, .flushTimeout: false
        }
    }

    /// Returns when nothing more will be published, with what ended it.
    private func deliver(_ pipeline: NIOLoopBound<IngestPipeline>) async -> Event {
        await withTaskGroup(of: Event?.self) { group in
            group.addTask { .publisher(await publisher.work()) }
            group.addTask { .over(await term.ended()) }
            group.addTask {
                await heartbeater.run()
                return nil
            }
            for teller in tellers {
                group.addTask {
                    await teller.run(epoch: term.epoch)
                    return nil
                }
            }
            if let inbox {
                group.addTask {
                    await inbox.run(epoch: term.epoch, pipeline: pipeline, on: eventLoop)
                    return nil
                }
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
            catalog: catalog,
            feeds: feeds,
            sequencer: Sequencer(epoch: term.epoch, continuing: memory),
            logger: RateLimitedLogger(logger),
            counters: counters,
            positions: publisher.positions,
            takesInbox: inbox != nil,
            publish: { [publisher] batch in publisher.enqueue(batch) }
        )
    }

    private func outcome(of event: Event, _ sequencer: Sequencer?, _ interlude: Interlude?) -> Outcome {
        let reason =
            switch event {
            case .publisher(.fenced(let words)): words
            case .publisher(.termLost): "the lease is no longer held"
            case .over(let words): words
            case .publisher, .shutdown, .flushTimeout: "the process stops"
            }
        if case .shutdown = event { return Outcome(reason: reason, isLast: true, sequencer: sequencer) }
        return Outcome(reason: reason, isLast: Task.isCancelled, sequencer: sequencer, interlude: interlude)
    }
}
