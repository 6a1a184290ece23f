import Core

/// Carries out what relays want done, step after step, in tasks of its own: a step may end in the next one, as a stream that
/// has gone live with a hole is then healed.
///
/// Any thread. Of each stream one step is under way at most, since its relay asks for no second one before it has been told
/// how the first has ended. When all streams are healed at once, `width` are at a time.
final class RelayRunner: Sendable {
    private static let width = 64
    /// Between two looks whether the history is back.
    private static let interval: Duration = .seconds(1)

    private let loader: StreamLoader
    private let healer: Healer
    private let late: LateHealing

    init(loader: StreamLoader, healer: Healer, late: LateHealing) {
        self.loader = loader
        self.healer = healer
        self.late = late
    }

    func begin(_ step: RelayStep?, of stream: StreamName) {
        if let step { Task { await run(step, of: stream) } }
    }

    /// Heals streams whose relays ask for it, each after what must be done `before`.
    func heal(_ streams: [StreamName], after before: @escaping @Sendable (StreamName) async -> Void = { _ in }) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, stream) in streams.enumerated() {
                if index >= Self.width { await group.next() }
                group.addTask {
                    await before(stream)
                    await self.run(.heal, of: stream)
                }
            }
        }
    }

    private func run(_ first: RelayStep, of stream: StreamName) async {
        var next: RelayStep? = first
        while let step = next {
            switch step {
            case .load: next = await loader.load(stream)
            case .heal: next = await healer.heal(stream)
            case .unload:
                late.remove(stream)
                next = await loader.unload(stream)
            case .healLater:
                healLater(stream)
                return
            }
        }
    }

    private func healLater(_ stream: StreamName) {
        guard late.insert(stream) else { return }
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: Self.interval)
                guard let self else { return }
                if let streams = await late.due() { return await heal(streams) }
            }
        }
    }
}
