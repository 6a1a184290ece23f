/// Sends recorded frames byte for byte, each topic from its first frame for every new subscription.
///
/// Lives on the simulator's loop. Bounded: one cursor per subscription, gone when its recording ends.
final class ReplayFeed: Feed {
    private struct Cursor {
        let sink: any FrameSink
        let topic: String
        let frames: [Recording.Frame]
        var index: Int
        var due: Int64
    }

    private let recording: Recording
    private var cursors: [Cursor] = []

    init(recording: Recording) {
        self.recording = recording
    }

    var nextWake: Int64? {
        cursors.map(\.due).min()
    }

    func isKnown(_ topic: String) -> Bool {
        recording.topics[topic] != nil
    }

    var listing: [ListedInstrument] {
        Set(recording.topics.keys.compactMap { Topic($0)?.symbol }).sorted().map { ListedInstrument(symbol: $0) }
    }

    func list(_ instrument: ListedInstrument) -> Bool { false }

    func join(_ topic: String, sink: any FrameSink, at time: FeedTime) {
        guard let frames = recording.topics[topic] else { return }
        cursors.append(Cursor(sink: sink, topic: topic, frames: frames, index: 0, due: time.monotonic))
        advance(to: time)
    }

    func leave(_ topic: String, sink: any FrameSink) {
        cursors.removeAll { $0.topic == topic && $0.sink === sink }
    }

    /// Frames that a stalled client missed are gone: begin the recording anew, with its snapshot.
    func resynchronise(_ topic: String, sink: any FrameSink, at time: FeedTime) {
        leave(topic, sink: sink)
        join(topic, sink: sink, at: time)
    }

    func restartBook(symbol: String?, at time: FeedTime) -> Bool {
        false
    }

    /// Dues are added up from one another, not from the clock, so that the spacing doesn't drift.
    func advance(to time: FeedTime) {
        // In order of time, so that topics that were recorded together keep their order across one late wake.
        while let next = cursors.indices.min(by: { cursors[$0].due < cursors[$1].due }),
            cursors[next].due <= time.monotonic
        {
            let cursor = cursors[next]
            cursor.sink.send(cursor.frames[cursor.index].text)
            if cursor.index + 1 < cursor.frames.count {
                cursors[next].index += 1
                cursors[next].due += cursor.frames[cursor.index + 1].gap
            } else {
                cursors.remove(at: next)
            }
        }
    }
}
