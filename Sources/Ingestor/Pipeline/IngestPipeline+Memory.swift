import NIOCore

/// What the numbering of streams that nobody wants any longer costs: nothing, once the history has their heads.
extension IngestPipeline {
    /// Of streams that nobody wants and whose last publication was not delivered. More than that are forgotten all the
    /// same: the sequencer gives no number of this term twice.
    static let maximumUndelivered = 10_000
    /// In ticks, of which one comes every second.
    static let memoryInterval = 60

    func forgetUnwanted() {
        eventLoop.assertInEventLoop()
        var unwanted = sequencer.positions
        for stream in routes.streams { unwanted[stream] = nil }
        for stream in positions.forget(unwanted) {
            sequencer.forget(stream)
            inboxStreams.remove(stream)
            unwanted[stream] = nil
        }
        guard unwanted.count > Self.maximumUndelivered else { return }
        let excess = unwanted.keys.prefix(unwanted.count - Self.maximumUndelivered)
        for stream in excess {
            sequencer.forget(stream)
            inboxStreams.remove(stream)
        }
        positions.remove(excess)
    }
}
