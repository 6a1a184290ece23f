import BybitCatalog
import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite("A signed publication is given with its signature at the end, and always with its epoch")
struct SignedFrameTests {
    private static let signature = "k1." + String(repeating: "A", count: 86)
    private let stream: StreamDescriptor

    init() throws {
        stream = try #require(BybitCatalog().descriptor(of: StreamName(canonical: "orders.u1")))
    }

    private func publication(_ sequence: UInt64 = 5, isSimulated: Bool = false) -> Publication {
        var publication = Publication(
            stream: stream.name,
            position: Position(epoch: 7, sequence: sequence),
            kind: .update,
            exchangeTime: 9,
            ingestTime: 1,
            isSimulated: isSimulated,
            data: ByteBuffer(string: #"{"a": 1}"#)
        )
        publication.signature = PublicationSignature(Self.signature)
        return publication
    }

    private func text(_ publication: Publication, _ dialect: DialectID, first: UInt64? = nil) throws -> String {
        let encoder = DialectRegistry.tidegate[dialect].encoder(of: stream)
        var frame = encoder.frame(of: publication, first: first, tellsEpoch: false)
        guard case .text(let text) = ServerFrame.read(from: &frame).first else {
            Issue.record("no text")
            return ""
        }
        return text
    }

    @Test(arguments: [(DialectID.op, nil), (.action, nil), (.op, 3)] as [(DialectID, UInt64?)])
    func itIsTheLastOfTheFrame(_ dialect: DialectID, _ first: UInt64?) throws {
        let text = try text(publication(), dialect, first: first)
        let numbers = #""type":"update","seq":5,\#(first.map { #""first":\#($0),"# } ?? "")"epoch":7,"data":{"a": 1},"#
        #expect(text.contains(numbers), "\(text)")
        #expect(text.hasSuffix(#","sig":"\#(Self.signature)"}"#), "\(text)")
        #expect(
            try self.text(publication(isSimulated: true), dialect).hasSuffix(
                #""simulator","sig":"\#(Self.signature)"}"#
            )
        )
    }

    @Test func withoutOneNothingIsAdded() throws {
        var publication = publication()
        publication.signature = nil
        let text = try text(publication, .action)
        #expect(!text.contains("sig") && !text.contains("epoch") && text.hasSuffix("}"))
    }

    /// A node gives the last state at the number at which the stream stands.
    @Test func aStateIsGivenWithItsSignatureOnlyAtItsOwnNumber() {
        let board = StreamDescriptor(
            name: stream.name,
            deliveryClass: .latest,
            presentation: stream.presentation
        )
        var state = StreamState(board)
        state.apply(publication())
        let signed = state.snapshot()
        #expect(signed?.signature?.text == Self.signature)
        var gap = publication(6)
        gap.kind = .gap(.failover)
        gap.signature = nil
        state.apply(gap)
        let snapshot = state.snapshot()
        #expect(snapshot?.kind == .snapshot && snapshot?.signature == nil && snapshot?.position.sequence == 6)
    }
}
