import NIOCore
import Platform
import Stores
import Testing

@Suite("What a process says of itself is read as it was written, and nothing else is")
struct NodeAnnouncementTests {
    private static let golden =
        #"{"version":1,"id":"edge-17","program":"edge-node","release":"0.1.0","host":"pod-7","admin":"http://pod-7:8000","#
        + #""sent_at":1700000000000,"leaving":false,"ready":true,"load":{"connections":10,"limit":10000,"streams":4},"#
        + #""order":{"nonce":"00112233445566778899aabbccddeeff","outcome":"taken","clients":3},"#
        + #""keys":{"resume":["5f0c2a11","aa00bb11"],"control":[]}}"#

    private static func announcement() throws -> NodeAnnouncement {
        var announcement = NodeAnnouncement(
            id: "edge-17",
            program: .edgeNode,
            admin: "http://pod-7:8000",
            sentAt: 1_700_000_000_000
        )
        announcement.release = "0.1.0"
        announcement.host = "pod-7"
        announcement.load = NodeLoad(connections: 10, limit: 10_000, streams: 4)
        let nonce = try #require(ControlNonce("00112233445566778899aabbccddeeff"))
        announcement.order = OrderReceipt(nonce: nonce, outcome: .taken, clients: 3)
        announcement.keys = KeyMarks()
        announcement.keys?.resume = ["5f0c2a11", "aa00bb11"]
        return announcement
    }

    @Test func theFormIsTheDocumentedOne() throws {
        let announcement = try Self.announcement()
        #expect(String(buffer: announcement.encoded) == Self.golden)
        #expect(NodeAnnouncement(ByteBuffer(string: Self.golden)) == announcement)
    }

    /// A release before this one does not say it.
    @Test func whoDoesNotSayWhetherItIsReadyIs() throws {
        let old = Self.golden.replacing(#""ready":true,"#, with: "")
        let expected = try Self.announcement()
        #expect(NodeAnnouncement(ByteBuffer(string: old)) == expected)
        let unready = Self.golden.replacing(#""ready":true"#, with: #""ready":false"#)
        #expect(NodeAnnouncement(ByteBuffer(string: unready))?.isReady == false)
    }

    @Test func anIngestorSaysWhetherItLeads() {
        var announcement = NodeAnnouncement(id: "i", program: .ingestor, admin: nil, sentAt: 1)
        announcement.leads = true
        announcement.isLeaving = true
        announcement.isReady = false
        #expect(NodeAnnouncement(announcement.encoded) == announcement)
        #expect(announcement.release == Release.version && announcement.host == HostName.current)
    }

    /// A later release may say more, and of programs and outcomes that are not known here.
    @Test func whatIsNotKnownIsPassedOver() throws {
        let text = Self.golden.replacing(#""version":1"#, with: #""version":1,"mood":{"a":[1]}"#)
        let expected = try Self.announcement()
        #expect(NodeAnnouncement(ByteBuffer(string: text)) == expected)
        let other = Self.golden.replacing("edge-node", with: "archiver").replacing("taken", with: "pondered")
        let read = try #require(NodeAnnouncement(ByteBuffer(string: other)))
        #expect(read.program == "archiver" && read.order == nil && read.load?.streams == 4)
    }

    @Test(arguments: [
        "", "{}", "[1]", golden.replacing(#""id":"edge-17""#, with: #""id":"""#),
        golden.replacing("edge-17", with: String(repeating: "x", count: 257)),
        golden.replacing(#""sent_at":1700000000000"#, with: #""sent_at":"now""#),
        golden.replacing(#""limit":10000,"#, with: ""),
        golden.replacing(#""release":"0.1.0","#, with: ""),
        golden.replacing(#""leaving""#, with: #""more":"\#(String(repeating: "x", count: 4096))","leaving""#),
    ])
    func whatLacksAPartOrIsTooLongIsNone(_ message: String) {
        #expect(NodeAnnouncement(ByteBuffer(string: message)) == nil)
    }

    /// Texts are printed: none has what a terminal would take for a command.
    @Test(arguments: ["\u{1B}[2J", "\n", "\u{0}", "\u{7F}", "\u{9B}31m"])
    func whatHasAControlCharacterIsNone(_ command: String) {
        for change: (inout NodeAnnouncement) -> Void in [
            { $0.id += command }, { $0.program += command }, { $0.release += command }, { $0.host += command },
            { $0.admin = command }, { $0.keys?.control = [command] },
        ] {
            var announcement = NodeAnnouncement(id: "n", program: .edgeNode, admin: nil, sentAt: 1)
            announcement.keys = KeyMarks()
            #expect(NodeAnnouncement(announcement.encoded) == announcement)
            change(&announcement)
            #expect(NodeAnnouncement(announcement.encoded) == nil)
        }
    }

    /// Whoever may write to the broker may write any number: sums of them stay numbers.
    @Test func numbersAreBounded() throws {
        let text = Self.golden.replacing(#""connections":10"#, with: #""connections":9223372036854775807"#)
            .replacing(#""limit":10000"#, with: #""limit":-5"#)
        let load = try #require(NodeAnnouncement(ByteBuffer(string: text))?.load)
        #expect(load.connections == 1_000_000_000 && load.limit == 0)
    }
}
