import NIOCore
import TestSupport
import Testing

@testable import Core

@Suite("A publication survives its binary form, and a foreign record is refused")
struct PublicationRecordTests {
    private static let stream = StreamName(checked: "trade.BTCUSDT")
    private static let kinds: [Publication.Kind] = [
        .snapshot, .update, .gap(.upstream), .gap(.failover), .gap(.edge), .refusal, .transient,
    ]

    private static func publication(_ kind: Publication.Kind, data: String = #"{"a":1}"#) -> Publication {
        Publication(
            stream: stream,
            position: Position(epoch: 0x0102_0304_0506_0708, sequence: kind == .transient ? 0 : Position.highest),
            kind: kind,
            exchangeTime: 1_790_757_082_283,
            ingestTime: -5,
            data: ByteBuffer(string: data)
        )
    }

    private static func record(_ publication: Publication, as version: WireVersion = .one) -> ByteBuffer {
        var buffer = ByteBuffer()
        PublicationRecord.write(publication, as: version, into: &buffer)
        return buffer
    }

    private static func bytes(_ change: (inout [UInt8]) -> Void) -> ByteBuffer {
        var bytes = Array(record(publication(.update)).readableBytesView)
        change(&bytes)
        return ByteBuffer(bytes: bytes)
    }

    @Test(arguments: kinds, WireVersion.allCases)
    func roundTrip(of kind: Publication.Kind, in version: WireVersion) throws {
        for data in ["", "[]", String(repeating: "é", count: 5000)] {
            for isSimulated in [false, true] {
                var publication = Self.publication(kind, data: data)
                publication.isSimulated = isSimulated
                let record = Self.record(publication, as: version)
                #expect(record.readableBytesView.first == version.number)
                #expect(try PublicationRecord.read(record, of: Self.stream) == publication)
            }
        }
    }

    @Test func aRecordIsReadFromWhereverItStandsInItsBuffer() throws {
        var buffer = ByteBuffer(string: "before")
        PublicationRecord.write(Self.publication(.update), into: &buffer)
        buffer.moveReaderIndex(forwardBy: 6)
        #expect(try PublicationRecord.read(buffer, of: Self.stream) == Self.publication(.update))
    }

    @Test func theLayoutIsTheDocumentedOne() {
        let bytes = Array(Self.record(Self.publication(.gap(.failover), data: "xy")).readableBytesView)
        #expect(bytes.count == PublicationRecord.headerLength + 2)
        #expect(bytes[0..<16] == [1, 3, 0, 0, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(bytes[16] == 0x7F && bytes[17..<24].allSatisfy { $0 == 0xFF })
        #expect(bytes[24..<32] == [0, 0, 0x01, 0xA0, 0xF1, 0x70, 0x94, 0xAB])
        #expect(bytes[32..<40] == [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFB])
        #expect(bytes[40...] == [0x78, 0x79])
    }

    @Test(
        arguments: [
            (0, 3, .unknownVersion(3)), (0, 0, .unknownVersion(0)), (1, 6, .unknownKind(6)),
            (1, 255, .unknownKind(255)),
            (2, 2, .unknownFlags(2)), (2, 129, .unknownFlags(129)), (7, 8, .badLength(claimed: 8, actual: 7)),
            (7, 6, .badLength(claimed: 6, actual: 7)), (4, 255, .badLength(claimed: 0xFF00_0007, actual: 7)),
        ] as [(Int, UInt8, PublicationRecord.Failure)]
    )
    func aRecordOfUnknownForm(byte index: Int, value: UInt8, isRefusedWith failure: PublicationRecord.Failure) {
        let record = Self.bytes { $0[index] = value }
        #expect(throws: failure) { try PublicationRecord.read(record, of: Self.stream) }
    }

    @Test(
        arguments: [
            (0, 1), (1, 0), (0, 0), (.max, 1), (1, .max), (1 << 63, 1), (1, 1 << 63),
        ] as [(UInt64, UInt64)],
        kinds
    )
    func aPositionThatNoLeaderGivesIsRefused(_ numbers: (epoch: UInt64, sequence: UInt64), of kind: Publication.Kind) {
        let position = Position(epoch: numbers.epoch, sequence: numbers.sequence)
        var publication = Self.publication(kind)
        publication.position = position
        // What has no place in the sequence has sequence 0.
        if !publication.isSequenced, position == Position(epoch: 1, sequence: 0) { return }
        #expect(throws: PublicationRecord.Failure.impossible(position)) {
            try PublicationRecord.read(Self.record(publication), of: Self.stream)
        }
    }

    @Test(arguments: kinds, [1, 2, Position.highest - 1, Position.highest])
    func theLowestAndTheHighestNumbersAreRead(of kind: Publication.Kind, number: UInt64) throws {
        var publication = Self.publication(kind)
        publication.position = Position(epoch: number, sequence: kind == .transient ? 0 : number)
        #expect(try PublicationRecord.read(Self.record(publication), of: Self.stream) == publication)
    }

    @Test func theNoticeOfAPublicationCarriesItsPositionAndIsNone() {
        let publication = Self.publication(.update)
        var notice = ByteBuffer(string: "before")
        notice.moveReaderIndex(forwardBy: 6)
        PublicationRecord.writeNotice(of: publication, into: &notice)
        #expect(notice.readableBytes == PublicationRecord.headerLength)
        #expect(PublicationRecord.notice(notice) == publication.position)
        #expect(PublicationRecord.notice(Self.record(publication)) == nil)
        // As it is to a release that does not know it.
        #expect(throws: PublicationRecord.Failure.unknownKind(6)) {
            try PublicationRecord.read(notice, of: Self.stream)
        }
        var impossible = publication
        impossible.position = Position(epoch: 1, sequence: 0)
        notice.clear()
        PublicationRecord.writeNotice(of: impossible, into: &notice)
        #expect(PublicationRecord.notice(notice) == nil)
    }

    @Test func everyTruncationIsRefused() {
        let whole = Self.record(Self.publication(.update))
        for length in 0..<whole.readableBytes {
            let record = whole.getSlice(at: 0, length: length) ?? ByteBuffer()
            let expected: PublicationRecord.Failure =
                length < PublicationRecord.headerLength
                ? .truncated(length: length)
                : .badLength(claimed: 7, actual: length - PublicationRecord.headerLength)
            #expect(throws: expected) { try PublicationRecord.read(record, of: Self.stream) }
        }
        #expect(throws: PublicationRecord.Failure.badLength(claimed: 7, actual: 8)) {
            try PublicationRecord.read(Self.bytes { $0.append(0) }, of: Self.stream)
        }
    }

    @Test func dataBeyondTheBoundIsRefused() {
        let length = PublicationRecord.maximumDataLength + 1
        let record = Self.bytes { bytes in
            bytes.replaceSubrange(4..<8, with: withUnsafeBytes(of: UInt32(length).bigEndian) { Array($0) })
            bytes.replaceSubrange(40..., with: [UInt8](repeating: 0, count: length))
        }
        #expect(throws: PublicationRecord.Failure.badLength(claimed: length, actual: length)) {
            try PublicationRecord.read(record, of: Self.stream)
        }
    }

    @Test func randomBytesNeverCrashAndWhatIsAcceptedIsWrittenBackAlike() throws {
        var generator = SeededGenerator(seed: 3)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            // Mostly right, or else hardly any would come past the first checks.
            if bytes.count >= 40, Bool.random(using: &generator) {
                bytes.replaceSubrange(
                    0..<8,
                    with: [1, bytes[1] % 8, bytes[2] % 2, 0, 0, 0, 0, UInt8(bytes.count - 40)]
                )
            }
            guard let publication = try? PublicationRecord.read(ByteBuffer(bytes: bytes), of: Self.stream) else {
                continue
            }
            accepted += 1
            #expect(Array(Self.record(publication).readableBytesView) == bytes)
        }
        #expect(accepted > 500)
    }

    @Test func positionsAreOrderedByEpochFirst() {
        let positions = [(1, 1), (1, 2), (2, 1), (2, 9), (3, 0)].map { Position(epoch: $0.0, sequence: $0.1) }
        #expect(positions.reversed().sorted() == positions)
    }
}
