import Core
import NIOCore

/// A heartbeat that tells positions, in as many messages as that takes. Each part is a whole heartbeat: a node of an older
/// release passes over what it does not know.
extension Heartbeat {
    /// First the heartbeat without positions, which always finds its way; none is longer than `maximumLength`. Where the
    /// rest of a heartbeat leaves no room, no position is told.
    package func parts(
        telling positions: [StreamName: Position],
        as version: WireVersion = .one
    ) -> [ByteBuffer] {
        var heartbeat = self
        heartbeat.positions = [:]
        var parts = [heartbeat.encoded(as: version)]
        let room = Self.maximumLength - parts[0].readableBytes - 16
        var used = 0
        for (stream, position) in positions {
            // The name in quotes, a colon, two numbers of 20 digits in brackets, and a comma.
            let length = stream.canonical.utf8.count + 48
            guard length <= room else { continue }
            if used + length > room {
                parts.append(heartbeat.encoded(as: version))
                heartbeat.positions = [:]
                used = 0
            }
            heartbeat.positions[stream] = position
            used += length
        }
        if !heartbeat.positions.isEmpty { parts.append(heartbeat.encoded(as: version)) }
        return parts
    }
}
