/// By what a run of a program is told from others: in announcements, in the demand, in orders and in its log.
///
/// By chance, since processes of several machines have the same numbers, and containers the same names.
package enum NodeID {
    package static func edge() -> String { make("edge") }

    package static func ingestor() -> String { make("ingestor") }

    private static func make(_ kind: String) -> String { "\(kind)-\(UInt64.random(in: .min ... .max))" }
}
