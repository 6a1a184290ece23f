/// One thing that a check has seen: what, where, and what would be right. A value; never has a secret.
package struct Finding: Sendable, Hashable {
    package enum Grade: String, Sendable, CaseIterable {
        /// As it should be.
        case fine
        /// Worth knowing.
        case note
        /// It works, and may not for long, or not for all.
        case warning
        /// Something does not work.
        case problem
    }

    package let grade: Grade
    package let what: String
    /// A setting and where it came from, a file, or an address; nil where there is none.
    package let place: String?
    /// What would be right; nil where nothing is to be done.
    package let advice: String?

    /// With this the program does not start.
    package let wouldNotStart: Bool

    package init(
        _ grade: Grade,
        _ what: String,
        at place: String? = nil,
        advice: String? = nil,
        wouldNotStart: Bool = false
    ) {
        self.grade = grade
        self.what = Self.plain(what)
        self.place = place.map(Self.plain)
        self.advice = advice.map(Self.plain)
        self.wouldNotStart = wouldNotStart
    }

    /// What is asked over the broker while it can't be: why, its own check says.
    static let notLookedAt = Finding(.note, "not looked at: the broker is away")

    /// On one line, and without what a terminal would take for a command: some of it was said by others.
    private static func plain(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
    }
}
