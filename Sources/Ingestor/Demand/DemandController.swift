import Core
import FeedKit
import Logging
import NIOCore
import Platform
import Stores

/// Turns announcements of demand into subscriptions at the exchange.
///
/// An actor beside the pipeline, which outlives terms: a standby follows the demand too, so that it can start everything
/// at once when it leads. Before a stream is started its last position is read from the history; at most `maximumReads`
/// of these are under way at one time, the lowest rank first. What waits to be read is bounded by the ledger. What could not
/// be read is read again with the next tick, and then after waits that grow to `maximumWait`.
actor DemandController {
    /// Where streams are started during a term.
    struct Target: Sendable {
        let pipeline: NIOLoopBound<IngestPipeline>
        let publisher: Publisher
    }

    /// What is to be done with a stream when its position is known.
    private enum Job: Hashable {
        case start(StreamName)
        /// Somebody else wrote it: number it anew.
        case renumber(StreamName)

        var stream: StreamName {
            switch self {
            case .start(let stream), .renumber(let stream): stream
            }
        }
    }

    static let maximumReads = 64
    static let maximumWait: TimeAmount = .seconds(8)

    private let eventLoop: any EventLoop
    private let history: any History
    private let logger: RateLimitedLogger
    private var ledger: DemandLedger
    private var target: Target?
    /// Rises when the target changes: what was asked for another is of no use.
    private var term = 0
    private var waiting = RankedQueue<Job>()
    private var arrivals: UInt64 = 0
    /// Waiting, or being read.
    private var jobs: Set<Job> = []
    /// What could not be done, and when it is due again.
    private var failed: [Job: NIODeadline] = [:]
    /// How long each job that failed has to wait when it fails again.
    private var waits: [Job: TimeAmount] = [:]
    /// The store takes no number up to these.
    private var floors: [StreamName: UInt64] = [:]
    private var reads = 0

    init(eventLoop: any EventLoop, history: any History, lease: TimeAmount, logger: RateLimitedLogger) {
        self.eventLoop = eventLoop
        self.history = history
        self.logger = logger
        self.ledger = DemandLedger(lease: lease)
    }

    /// A term begins: everything that is wanted now is started.
    func lead(_ target: Target) async {
        standDown()
        self.target = target
        let wanted = ledger.wanted
        // A pipeline that goes on from an earlier term may serve what nobody wants any more.
        eventLoop.execute { [pipeline = target.pipeline] in pipeline.value.unwantAll(but: wanted) }
        await perform(DemandLedger.Change(wanted: wanted))
    }

    /// Streams that some node wants.
    var demanded: Int { ledger.wanted.count }

    func standDown() {
        target = nil
        term += 1
        waiting.removeAll()
        jobs = []
        failed = [:]
        waits = [:]
        floors = [:]
    }

    func apply(_ announcement: DemandAnnouncement) async {
        await perform(ledger.apply(announcement, at: .now()))
        guard case .refresh(let streams) = announcement.change, let pipeline = target?.pipeline else { return }
        eventLoop.execute { pipeline.value.refresh(streams) }
    }

    /// To be called every second: ends leases, and tries again what could not be read.
    ///
    /// - Parameter isDeaf: What nodes announce does not arrive: their silence says nothing.
    func tick(isDeaf: Bool = false) async {
        let now = NIODeadline.now()
        if isDeaf { ledger.renew(at: now) }
        for (node, count) in ledger.silent(at: now) {
            logger.log(
                .warning,
                key: "silent node",
                "a node has not said for a lease what it wants: its demand is over",
                metadata: ["wanted_by": "\(node)", "count": "\(count)"]
            )
        }
        await perform(ledger.expire(at: now))
        let due = failed.filter { $0.value <= now }.keys
        for job in due { failed[job] = nil }
        enqueue(due)
    }

    /// The history refused what was numbered of `stream`.
    func renumber(_ stream: StreamName, after conflict: StreamConflict) {
        guard target != nil else { return }
        switch conflict {
        case .written(let last):
            floors[stream] = max(floors[stream] ?? 0, last)
            enqueue([.renumber(stream)])
        case .unusable: postpone(.renumber(stream))
        }
    }

    private func postpone(_ job: Job) {
        let wait = waits[job] ?? .zero
        failed[job] = .now() + wait
        waits[job] = min(Self.maximumWait, max(.seconds(1), wait * 2))
    }

    private func perform(_ change: DemandLedger.Change) async {
        guard let pipeline = target?.pipeline else { return }
        let unwanted = change.unwanted
        if !unwanted.isEmpty {
            eventLoop.execute { for stream in unwanted { pipeline.value.unwant(stream) } }
        }
        guard !change.wanted.isEmpty else { return }
        let wanted = change.wanted.map { (stream: $0, rank: ledger.rank(of: $0)) }
            .sorted { ($0.rank, $0.stream.canonical) < ($1.rank, $1.stream.canonical) }
        let term = term
        let unknown = try? await eventLoop.submit {
            wanted.filter { stream, rank in
                guard pipeline.value.knows(stream) else { return true }
                pipeline.value.want(stream, after: nil, rank: rank)
                return false
            }
        }.get()
        guard term == self.term else { return }
        enqueue((unknown ?? []).map { .start($0.stream) })
    }

    private func enqueue(_ more: some Sequence<Job>) {
        for job in more where target != nil {
            let rank = rank(of: job)
            guard jobs.insert(job).inserted else {
                waiting.advance(job, to: rank)
                continue
            }
            arrivals += 1
            waiting.insert(job, at: rank, arrival: arrivals)
        }
        readNext()
    }

    private func readNext() {
        while reads < Self.maximumReads, let job = waiting.first() {
            waiting.remove(job)
            if case .start(let stream) = job, !ledger.isWanted(stream) {
                jobs.remove(job)
                waits[job] = nil
                continue
            }
            reads += 1
            Task { [term] in await read(job, term) }
        }
    }

    /// What is numbered already goes first.
    private func rank(of job: Job) -> Int {
        switch job {
        case .start(let stream): ledger.rank(of: stream)
        case .renumber: -1
        }
    }

    /// A stream whose history can't be read is not started: its numbers could repeat. The next tick tries again.
    private func read(_ job: Job, _ term: Int) async {
        let result: Result<Position?, any Error>
        do {
            result = .success(try await history.read(job.stream, from: .max, limit: 0).latest)
        } catch {
            result = .failure(error)
        }
        reads -= 1
        defer { readNext() }
        guard term == self.term, let target else { return }
        jobs.remove(job)
        switch result {
        case .success(let position):
            waits[job] = nil
            finish(job, position, target)
        case .failure(let error):
            postpone(job)
            logger.log(
                .error,
                key: "history",
                "a stream can't be started: its history can't be read",
                metadata: ["stream": "\(job.stream)", "error": "\(error)"]
            )
        }
    }

    private func finish(_ job: Job, _ position: Position?, _ target: Target) {
        switch job {
        case .start(let stream):
            // While the history was read, the last of those who wanted it may have gone.
            guard ledger.isWanted(stream) else { return }
            let rank = ledger.rank(of: stream)
            eventLoop.execute { target.pipeline.value.want(stream, after: position, rank: rank) }
        case .renumber(let stream):
            var position = position
            if let floor = floors.removeValue(forKey: stream), floor > position?.sequence ?? 0 {
                // Of a log that was emptied Redis knows the last number, but nobody its epoch.
                position = Position(epoch: position?.epoch ?? 0, sequence: floor)
            }
            eventLoop.execute { [position] in
                let last = target.pipeline.value.goOn(stream, after: position)
                target.publisher.unblock(stream, after: last)
                // Before anything else is numbered: what follows can't be used without what was dropped.
                if let losses = target.publisher.takeLosses() { target.pipeline.value.tell(losses) }
            }
        }
    }
}
