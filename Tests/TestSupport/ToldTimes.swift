/// The three times that a frame of data tells, in microseconds since 1970: exactly what stands there.
package struct ToldTimes: Hashable, Sendable {
    package let exchange: Int64
    package let ingest: Int64
    package let sent: Int64

    /// Nil where the frame tells none, or not in the form that is promised: three decimals each, in front of the data.
    package init?(in frame: String) {
        let form = /,"times":\{"exchange":(\d+)\.(\d{3}),"ingest":(\d+)\.(\d{3}),"sent":(\d+)\.(\d{3})\},"data":/
        guard let match = frame.firstMatch(of: form), let exchange = Int64("\(match.1)\(match.2)"),
            let ingest = Int64("\(match.3)\(match.4)"), let sent = Int64("\(match.5)\(match.6)")
        else { return nil }
        self.exchange = exchange
        self.ingest = ingest
        self.sent = sent
    }
}
