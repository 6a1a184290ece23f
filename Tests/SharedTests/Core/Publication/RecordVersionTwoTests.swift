import NIOCore
import TestSupport
import Testing

@testable import Core

@Suite("A record of version 2 may say more than its publication: what may be passed over is, and nothing else")
struct RecordVersionTwoTests {
    private static let stream = StreamName(checked: "trade.BTCUSDT")
    private static let publication = Publication(
        stream: stream,
        position: Position(epoch: 7, sequence: 300),
        kind: .update,
        exchangeTime: 1,
        ingestTime: 2,
        data: ByteBuffer(string: "{}")
    )
    /// As another program would write it from the documented layout, without extensions.
    private static let golden: [UInt8] =
        [2, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 1, 44]
        + [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0x7B, 0x7D]

    /// The golden record with this extension area.
    private static func record(_ extensions: [UInt8], kind: UInt8? = nil) -> [UInt8] {
        var bytes = golden
        bytes.replaceSubrange(
            40..<42,
            with: [UInt8(extensions.count >> 8), UInt8(extensions.count & 0xFF)] + extensions
        )
        guard let kind else { return bytes }
        bytes[1] = kind
        bytes[7] = 0
        return bytes.dropLast(2)
    }

    private static func failure(_ bytes: [UInt8]) -> PublicationRecord.Failure? {
        do throws(PublicationRecord.Failure) {
            _ = try PublicationRecord.read(ByteBuffer(bytes: bytes), of: stream)
            return nil
        } catch {
            return error
        }
    }

    private static func written(_ publication: Publication) -> [UInt8] {
        var buffer = ByteBuffer()
        PublicationRecord.write(publication, as: .two, into: &buffer)
        return Array(buffer.readableBytesView)
    }

    @Test func theLayoutIsTheDocumentedOne() {
        #expect(Self.written(Self.publication) == Self.golden)
    }

    /// The Redis script compares the bytes 8 to 15 of two records, whatever their versions.
    @Test func theEpochStandsWhereItStoodInVersionOne() {
        var one = ByteBuffer()
        PublicationRecord.write(Self.publication, as: .one, into: &one)
        #expect(Array(one.readableBytesView)[8..<16] == Self.golden[8..<16])
    }

    @Test(
        arguments: [
            [1, 0, 0], [0, 0, 1, 9], [127, 0, 3, 1, 2, 3], [5, 0, 1, 0, 5, 0, 1, 0], [1, 0, 0, 2, 0, 0, 127, 0, 0],
            [9, 1, 0] + [UInt8](repeating: 255, count: 256),
        ] as [[UInt8]]
    )
    func whatMayBePassedOverIs(_ extensions: [UInt8]) throws {
        let record = ByteBuffer(bytes: Self.record(extensions))
        #expect(try PublicationRecord.read(record, of: Self.stream) == Self.publication)
        let notice = ByteBuffer(bytes: Self.record(extensions, kind: 6))
        #expect(PublicationRecord.notice(notice) == Self.publication.position)
    }

    @Test(
        arguments: [
            ([128, 0, 0], .unknownExtension(128)), ([255, 0, 1, 7], .unknownExtension(255)),
            ([1, 0, 1, 9, 200, 0, 0], .unknownExtension(200)), ([128, 0, 0, 1, 0, 0], .unknownExtension(128)),
            ([1], .brokenExtensions), ([1, 0], .brokenExtensions), ([1, 0, 1], .brokenExtensions),
            ([128, 0, 1], .brokenExtensions), ([1, 255, 255, 0], .brokenExtensions),
            ([1, 0, 0, 0], .brokenExtensions),
        ] as [([UInt8], PublicationRecord.Failure)]
    )
    func whatMayNotBePassedOverMakesARecordUnreadable(_ extensions: [UInt8], _ failure: PublicationRecord.Failure) {
        #expect(Self.failure(Self.record(extensions)) == failure)
        #expect(PublicationRecord.notice(ByteBuffer(bytes: Self.record(extensions, kind: 6))) == nil)
    }

    @Test func theRefusalSaysWhatIsNotKnown() {
        #expect(
            PublicationRecord.Failure.unknownExtension(130).description
                == "the record has an extension of type 130, which this release does not know and may not pass over"
        )
        #expect(
            PublicationRecord.Failure.unknownVersion(3).description.hasSuffix("this release reads versions 1 and 2")
        )
    }

    @Test func theLongestAreaIsRead() {
        let area: [UInt8] = [1, 0xFF, 0xFC] + [UInt8](repeating: 0, count: 0xFFFC)
        #expect(area.count == 0xFFFF && Self.failure(Self.record(area)) == nil)
    }

    @Test func everyTruncationIsRefused() {
        let whole = Self.record([1, 0, 3, 1, 2, 3])
        for length in 0..<whole.count {
            let expected: PublicationRecord.Failure =
                switch length {
                case ..<42: .truncated(length: length)
                case ..<48: .brokenExtensions
                default: .badLength(claimed: 2, actual: length - 48)
                }
            #expect(Self.failure(Array(whole.prefix(length))) == expected)
        }
        #expect(Self.failure(whole + [0]) == .badLength(claimed: 2, actual: 3))
    }

    /// The length of the area is of the foreign writer: it must not lead beyond the record.
    @Test func anAreaThatClaimsTheDataOrMoreIsRefused() {
        for claimed in [1, 2, 3, 0xFFFF] {
            var bytes = Self.golden
            bytes.replaceSubrange(40..<42, with: [UInt8(claimed >> 8), UInt8(claimed & 0xFF)])
            #expect(Self.failure(bytes) == .brokenExtensions)
        }
    }

    @Test func theNoticeOfAPublicationIsReadInThisVersionToo() {
        var notice = ByteBuffer()
        PublicationRecord.writeNotice(of: Self.publication, as: .two, into: &notice)
        #expect(Array(notice.readableBytesView) == Self.record([], kind: 6))
        #expect(PublicationRecord.notice(notice) == Self.publication.position)
        notice.writeInteger(0 as UInt8)
        #expect(PublicationRecord.notice(notice) == nil)
        #expect(PublicationRecord.notice(ByteBuffer(bytes: Self.golden)) == nil)
    }

    @Test func randomBytesNeverCrashAndWhatIsAcceptedIsWrittenBackButForItsExtensions() throws {
        var random = SeededGenerator(seed: 5)
        var (accepted, extended) = (0, 0)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let area = Int.random(in: 0...9, using: &random)
            // Mostly right, or else hardly any would come past the first checks.
            if bytes.count >= 42 + area, Bool.random(using: &random) {
                let length = UInt8(bytes.count - 42 - area)
                bytes.replaceSubrange(0..<8, with: [2, bytes[1] % 8, bytes[2] % 2, 0, 0, 0, 0, length])
                bytes.replaceSubrange(40..<42, with: [0, UInt8(area)])
                if area >= 3, Bool.random(using: &random) {
                    bytes.replaceSubrange(42..<45, with: [bytes[42], 0, UInt8(area - 3)])
                }
            }
            _ = PublicationRecord.notice(ByteBuffer(bytes: bytes))
            guard let publication = try? PublicationRecord.read(ByteBuffer(bytes: bytes), of: Self.stream),
                bytes[0] == 2
            else { continue }
            accepted += 1
            let end = 42 + Int(bytes[40]) << 8 + Int(bytes[41])
            if end > 42 { extended += 1 }
            #expect(Self.written(publication) == bytes[..<40] + [0, 0] + bytes[end...])
        }
        #expect(accepted > 100 && extended > 50)
    }
}
