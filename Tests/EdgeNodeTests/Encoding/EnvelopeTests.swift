import Core
import NIOCore
import Testing

@testable import EdgeNode

/// A publication's frame is made once for each variant, whoever needs it, and not before somebody does.
@Suite struct EnvelopeTests {
    private let stream: StreamDescriptor
    private let op = Variant(dialect: .op)
    private let action = Variant(dialect: .action)

    init() throws { stream = .of(try StreamName(canonical: "ticker.BTCUSDT")) }

    private func frames(_ variant: Variant) -> CountingFrames {
        CountingFrames(DialectRegistry.tidegate[variant.dialect].encoder(of: stream))
    }

    @Test(arguments: [false, true])
    func eachVariantHasItsOwnFrame(opensEpoch: Bool) throws {
        let publication = try Publication.ticker(3)
        let envelope = Envelope(publication, opensEpoch: opensEpoch)
        for variant in [op, action, op, action] {
            let encoder = frames(variant)
            let expected = encoder.frame(of: publication, first: nil, tellsEpoch: opensEpoch)
            #expect(envelope.frame(variant, by: encoder) == expected)
        }
    }

    @Test func manyShardsAtOnceMakeItOnce() async throws {
        let envelope = Envelope(try .ticker(3), opensEpoch: false)
        let (op, action) = (self.op, self.action)
        let (opFrames, actionFrames) = (frames(op), frames(action))
        #expect(opFrames.made == 0)
        let places = await withTaskGroup(of: [UInt].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    [envelope.frame(op, by: opFrames), envelope.frame(action, by: actionFrames)].map { frame in
                        frame.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
                    }
                }
            }
            return await group.reduce(into: Set<[UInt]>()) { $0.insert($1) }
        }
        #expect(places.count == 1)
        #expect(opFrames.made == 1)
        #expect(actionFrames.made == 1)
    }

    @Test func aGapsFrameIsItsNoticeAndARefusalHasNone() throws {
        let gap = Envelope(try .ticker(3, .gap(.upstream)), opensEpoch: false)
        var frame = gap.frame(op, by: frames(op))
        #expect(ServerFrame.read(from: &frame).map(\.brief) == ["gap 3...3 upstream"])
        let refusal = Envelope(try .ticker(3, .refusal), opensEpoch: false)
        #expect(refusal.frame(op, by: frames(op)).readableBytes == 0)
        let guide = Variant(dialect: .guide)
        #expect(gap.frame(guide, by: frames(guide)).readableBytes == 0)
    }
}
