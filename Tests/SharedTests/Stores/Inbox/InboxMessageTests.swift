import Core
import NIOCore
import Stores
import Testing

@Suite("What is said to the inbox, and what it answers")
struct InboxMessageTests {
    private static let nonce = ControlNonce(high: 1, low: 2)
    private static let to = #""to":"00000000000000010000000000000002""#

    private static func publication(_ data: String, isSnapshot: Bool = false) -> InboxRequest {
        .publish(
            InboxPublication(
                stream: "orders.u1",
                epoch: 7,
                isSnapshot: isSnapshot,
                data: ByteBuffer(string: data)
            )
        )
    }

    @Test(
        arguments: [
            (.hello, #"{"op":"hello"}"#),
            (
                publication(#"{"a": [1, "x"]}"#),
                #"{"op":"publish","epoch":7,"stream":"orders.u1","type":"update","data":{"a": [1, "x"]}}"#
            ),
            (
                publication("[]", isSnapshot: true),
                #"{"op":"publish","epoch":7,"stream":"orders.u1","type":"snapshot","data":[]}"#
            ),
        ] as [(InboxRequest, String)]
    )
    func aRequestIsWrittenAndReadSo(_ request: InboxRequest, _ text: String) {
        #expect(String(buffer: request.encoded) == text)
        #expect(InboxRequest(ByteBuffer(string: text)) == request)
    }

    @Test(
        arguments: [
            "", "{}", #"{"op":"other"}"#, #"{"op":"publish"}"#,
            #"{"op":"publish","epoch":-1,"stream":"a.b","type":"update","data":1}"#,
            #"{"op":"publish","epoch":1,"stream":"a.b","type":"gap","data":1}"#,
            #"{"op":"publish","epoch":1,"stream":"a.b","type":"update"}"#,
        ]
    )
    func whatIsNoRequestIsNotRead(_ text: String) { #expect(InboxRequest(ByteBuffer(string: text)) == nil) }

    @Test(
        arguments: [
            (.leads(epoch: 7), #"{\#(to),"outcome":"leads","epoch":7}"#),
            (
                .published(Position(epoch: 7, sequence: 5)),
                #"{\#(to),"outcome":"published","epoch":7,"sequence":5}"#
            ),
            (
                .refused(.unknownStream, reason: "no"),
                #"{\#(to),"outcome":"refused","code":"UNKNOWN_STREAM","reason":"no"}"#
            ),
            (.lost, #"{\#(to),"outcome":"lost"}"#),
        ] as [(InboxAnswer.Outcome, String)]
    )
    func anAnswerIsWrittenAndReadSo(_ outcome: InboxAnswer.Outcome, _ text: String) {
        let answer = InboxAnswer(to: Self.nonce, outcome)
        #expect(String(buffer: answer.encoded) == text)
        #expect(InboxAnswer(ByteBuffer(string: text)) == answer)
    }

    @Test func aRefusalOfANewerReleaseIsOneToo() {
        let text = #"{\#(Self.to),"outcome":"refused","code":"NEW","reason":"r"}"#
        #expect(InboxAnswer(ByteBuffer(string: text))?.outcome == .refused(.unknown, reason: "r"))
        #expect(InboxAnswer(ByteBuffer(string: #"{\#(Self.to),"outcome":"new"}"#)) == nil)
    }

    @Test(
        arguments: [
            ("{}", nil), ("[1,2]", nil), ("1", nil), (#""é""#, nil), (" {} ", nil),
            ("", "there is no data"), ("{", "the data is not one JSON value: the text ends too early at byte 1"),
            ("1,2", "the data is not one JSON value: bytes after the end of the value at byte 1"),
            ("{} {}", "the data is not one JSON value: bytes after the end of the value at byte 3"),
        ] as [(String, String?)]
    )
    func dataIsOneJSONValue(_ text: String, _ expected: String?) {
        #expect(InboxPublication.objection(to: ByteBuffer(string: text)) == expected)
    }

    @Test func dataIsBoundedAndText() {
        let maximum = InboxPublication.maximumDataLength
        let longest = ByteBuffer(string: "\"" + String(repeating: "a", count: maximum - 2) + "\"")
        #expect(InboxPublication.objection(to: longest) == nil)
        let longer = ByteBuffer(string: "\"" + String(repeating: "a", count: maximum - 1) + "\"")
        #expect(InboxPublication.objection(to: longer) == "the data has \(maximum + 1) bytes; \(maximum) are taken")
        let bytes = ByteBuffer(bytes: [0x22, 0xFF, 0x22])
        #expect(InboxPublication.objection(to: bytes) == "the data is not text in UTF-8")
    }

    /// What passes here must come through the message that carries it.
    @Test func theDeepestDataThatIsTakenIsReadAgain() throws {
        let signer = try #require(ControlSigner("0123456789abcdef0123456789abcdef"))
        var taken = 0
        for depth in 1...40 {
            let data = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            guard InboxPublication.objection(to: ByteBuffer(string: data)) == nil else { continue }
            taken += 1
            let message = signer.sign(Self.publication(data).encoded, for: .inbox, at: 0)
            let opened = try signer.open(message, of: .inbox, at: 0)
            #expect(InboxRequest(opened.body) == Self.publication(data))
        }
        #expect(taken == 30)
    }
}
