import NIOCore

/// When a topic may be asked for again whose subscription failed for the time being: each wait is twice as long as the one
/// before, up to a bound. After a quiet time of the longest wait it begins with the shortest again. Pure.
struct TopicRetry {
    private var attempts = 0
    private(set) var notBefore = NIODeadline.uptimeNanoseconds(0)

    func isDue(at now: NIODeadline) -> Bool { notBefore <= now }

    /// It is being tried, or has failed: the next time waits.
    mutating func hold(_ first: TimeAmount, upTo maximum: TimeAmount, at now: NIODeadline) {
        if notBefore + maximum <= now { attempts = 0 }
        var wait = first
        for _ in 0..<attempts where wait < maximum { wait = min(wait * 2, maximum) }
        attempts += 1
        notBefore = now + wait
    }
}
