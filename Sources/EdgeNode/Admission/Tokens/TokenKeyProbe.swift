import NIOCore
import Platform

/// Fetches the keys for tokens once, as a node does, for whoever wants to know whether they can be had.
package enum TokenKeyProbe {
    package struct Report: Sendable {
        /// The address that was asked first.
        package let source: String
        /// Keys that tokens can be verified with.
        package let keys: Int
        /// What was passed over, and why.
        package let remarks: [String]
        /// Everybody on the way can put other keys in their place.
        package let isOpen: Bool
        /// Whether one of them fits an algorithm that is allowed.
        package let fits: Bool
    }

    /// Where the settings say that keys are fetched; nil where none are.
    package static func source(_ settings: ResolvedSettings) -> String? {
        settings[Settings.Tokens.keySetURL] ?? settings[Settings.Tokens.provider]
    }

    /// Nil where the settings name nowhere to fetch them. Throws why they can't be had, in words; two questions of 5 s at most.
    package static func fetch(_ settings: ResolvedSettings, group: any EventLoopGroup) async throws -> Report? {
        var rules = TokenRules(settings)
        guard let directory = try TokenAuthenticator.directory(settings, &rules, group) else { return nil }
        let fetched = try await directory.fetch()
        let algorithms = rules.algorithms
        return Report(
            source: directory.source,
            keys: fetched.keys.count,
            remarks: fetched.remarks,
            isOpen: directory.isOpen,
            fits: fetched.keys.contains { key in algorithms.contains { key.fits($0) } }
        )
    }
}
