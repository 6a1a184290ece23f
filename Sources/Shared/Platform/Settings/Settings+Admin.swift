extension Settings {
    /// Where operators look, and what they must show.
    package enum Admin {
        /// The ingestor's, where nothing is set: it has no other port.
        package static let ingestorsPort = 9000

        package static let port = Setting<Int?>(
            "ADMIN_PORT",
            default: nil,
            rule: .optional(.within(0...65_535)),
            usedBy: .everyProgram,
            summary:
                "Port for operators; 0 takes any free one. Unset: 9000 for the ingestor; a node has its pages on `PORT`. Where a "
                + "node has it, `/metrics` and `/stats` are there only."
        )
        package static let host = Setting<String>(
            "ADMIN_HOST",
            default: "0.0.0.0",
            rule: SettingRule(bounds: "an address or a host name") { host in
                !host.contains { $0.isWhitespace || $0 == "/" }
            },
            usedBy: .everyProgram,
            summary:
                "Address of that port. One other than `0.0.0.0` is announced as where the pages are; else the machine's name is."
        )
        package static let token = Setting<String?>(
            "ADMIN_TOKEN",
            default: nil,
            rule: .optional(
                SettingRule(
                    bounds: "\(OperatorToken.minimumLength) characters or more, no white space",
                    complaint: "is too short, or has white space in it"
                ) { $0.utf8.count >= OperatorToken.minimumLength && !$0.contains { $0.isWhitespace } }
            ),
            usedBy: .everyProgram,
            isSecret: true,
            summary:
                "What `/metrics` and `/stats` ask for, as `Authorization: Bearer` or as a password; unset: nothing."
        )
    }
}
