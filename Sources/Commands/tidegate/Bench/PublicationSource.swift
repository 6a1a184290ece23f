import Core
import NIOCore
import Platform

/// Makes publications of a few hundred bytes, one stream after the other, numbered as an ingestor numbers them.
struct PublicationSource {
    /// Of a publication, with the header that it has at broker and history.
    static let bytes = 400

    let streams: [StreamName]
    let epoch = UInt64(WallClock.milliseconds())
    /// The last of each stream.
    private(set) var sequences: [UInt64]
    private var next = 0
    private let data: ByteBuffer

    /// Trades: of these each one counts, so nothing on the way may leave one out.
    init(streams count: Int) throws {
        streams = try (0..<count).map { try StreamName(canonical: "trade.BENCH\($0)") }
        sequences = Array(repeating: 0, count: count)
        let room = Self.bytes - PublicationRecord.headerLength
        data = ByteBuffer(string: #"[""# + String(repeating: "x", count: room - 4) + #""]"#)
    }

    mutating func take(_ count: Int) -> [Publication] {
        (0..<count).map { _ in
            let index = next
            next = (next + 1) % streams.count
            sequences[index] += 1
            return Publication(
                stream: streams[index],
                position: Position(epoch: epoch, sequence: sequences[index]),
                kind: .update,
                exchangeTime: 0,
                ingestTime: 0,
                data: data
            )
        }
    }
}
