import Testing

@testable import Platform

@Suite("What a process says last has the form of its log")
struct LastWordsTests {
    private static func said(isJSON: Bool, node: String? = nil) -> [String] {
        let sink = CollectingSink()
        LastWords.say(
            ["PORT: \"x\" is no number", "two\nlines"],
            of: "configuration",
            asText: "configuration: as text",
            isJSON: isJSON,
            node: node,
            to: sink
        )
        return sink.lines
    }

    @Test func textIsAsItWasGiven() {
        #expect(Self.said(isJSON: false, node: "edge-7") == ["configuration: as text\n"])
    }

    @Test func inJSONEachMessageIsAnObject() {
        let lines = Self.said(isJSON: true, node: "edge-7")
        let end = #""level":"critical","label":"configuration","message":"#
        #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix(#"{"ts":""#) }, "\(lines)")
        #expect(
            lines.first?.hasSuffix(end + #""PORT: \"x\" is no number","node":"edge-7"}"# + "\n") == true,
            "\(lines)"
        )
        #expect(lines.last?.hasSuffix(end + #""two\nlines","node":"edge-7"}"# + "\n") == true, "\(lines)")
        // A command that does not announce itself.
        #expect(Self.said(isJSON: true).first?.hasSuffix(#"is no number"}"# + "\n") == true)
    }

    @Test(arguments: [("true", true), (" Yes ", true), ("1", true), ("false", false), ("", false), ("json", false)])
    func theEnvironmentSaysWhich(value: String, isJSON: Bool) {
        #expect(LastWords.isJSON(["LOG_JSON": value]) == isJSON)
        #expect(!LastWords.isJSON([:]))
    }
}
