import NIOCore
import Testing

@testable import Core

@Suite("A signature stands in the extensions of a record of version 2, and nobody needs to know it")
struct SignedRecordTests {
    private static let stream = StreamName(checked: "orders.u1")
    private static let text = "k1." + String(repeating: "A", count: 86)

    private static var publication: Publication {
        var publication = Publication(
            stream: stream,
            position: Position(epoch: 7, sequence: 300),
            kind: .update,
            exchangeTime: 1,
            ingestTime: 2,
            data: ByteBuffer(string: "{}")
        )
        publication.signature = PublicationSignature(text)
        return publication
    }

    private static func written(_ version: WireVersion) -> ByteBuffer {
        var buffer = ByteBuffer()
        PublicationRecord.write(publication, as: version, into: &buffer)
        return buffer
    }

    @Test func itIsWrittenAndReadInVersionTwo() throws {
        let record = Self.written(.two)
        let bytes = Array(record.readableBytesView)
        #expect(bytes[40..<45] == [0, 92, 1, 0, 89])
        #expect(String(decoding: bytes[45..<134], as: UTF8.self) == Self.text)
        #expect(bytes[134...] == [0x7B, 0x7D])
        let read = try PublicationRecord.read(record, of: Self.stream)
        #expect(read == Self.publication && read.signature?.text == Self.text)
    }

    @Test func versionOneHasNoPlaceForIt() throws {
        let read = try PublicationRecord.read(Self.written(.one), of: Self.stream)
        #expect(read.signature == nil && read.data == Self.publication.data)
    }

    @Test func aNoticeHasNone() {
        var notice = ByteBuffer()
        PublicationRecord.writeNotice(of: Self.publication, as: .two, into: &notice)
        #expect(notice.readableBytes == 42 && PublicationRecord.notice(notice) == Self.publication.position)
    }

    @Test(arguments: [
        "", "k1", "k1.", ".\(String(repeating: "A", count: 86))", "k1.\(String(repeating: "A", count: 85))",
        "k\"1.\(String(repeating: "A", count: 86))", "k1.\(String(repeating: "A", count: 85))=",
        "a.b.\(String(repeating: "A", count: 86))",
        "\(String(repeating: "k", count: 65)).\(String(repeating: "A", count: 86))",
    ])
    func whatIsNoSignatureIsPassedOver(_ text: String) throws {
        #expect(PublicationSignature(text) == nil)
        var bytes = Array(Self.written(.two).readableBytesView)
        let field = [1, 0, UInt8(text.utf8.count)] + Array(text.utf8)
        bytes.replaceSubrange(40..<134, with: [0, UInt8(field.count)] + field)
        let read = try PublicationRecord.read(ByteBuffer(bytes: bytes), of: Self.stream)
        #expect(read.signature == nil && read.position == Self.publication.position)
    }
}
