/// Those who get one stream in one variant on a shard, and what makes their frames. Part of a `StreamFanOut`, on its loop.
final class Audience {
    let variant: Variant
    let encoder: any FrameEncoder
    var subscribers = Subscribers()

    init(_ variant: Variant, encoder: any FrameEncoder) {
        self.variant = variant
        self.encoder = encoder
    }

    var isEmpty: Bool { subscribers.isEmpty }
}

@available(*, unavailable)
extension Audience: Sendable {}
