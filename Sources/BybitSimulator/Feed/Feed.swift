/// Where frames come from: the generated market or a recording.
///
/// A feed owns no timer and no socket: it is told the time and says when it next wants to be told. All of it lives on
/// the simulator's loop.
protocol Feed: AnyObject {
    func isKnown(_ topic: String) -> Bool
    /// All that there are, in their order.
    var listing: [ListedInstrument] { get }
    /// Changes what is listed; false where that can't be done.
    func list(_ instrument: ListedInstrument) -> Bool
    /// Starts `topic` for `sink`, beginning with whatever the topic begins with.
    func join(_ topic: String, sink: any FrameSink, at time: FeedTime)
    func leave(_ topic: String, sink: any FrameSink)
    /// Sends anew what a sink needs after frames to it were lost.
    func resynchronise(_ topic: String, sink: any FrameSink, at time: FeedTime)
    /// Restarts the books of one symbol, or of all; `false` when there is no such book here.
    func restartBook(symbol: String?, at time: FeedTime) -> Bool
    func advance(to time: FeedTime)
    /// The monotonic time at which `advance` is due; `nil` while nobody listens.
    var nextWake: Int64? { get }
}
