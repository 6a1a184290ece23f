/// The exchange did not say which instruments it has, and may have asked to be left alone. Its description is for a person.
package protocol InstrumentFailure: Error {
    var retryAfter: Duration? { get }
    /// It has had too many questions, or has shut this address out: for so long at least it is not asked, whoever wants it, and
    /// each time for longer. Nil where it may be.
    var quiet: Duration? { get }
}
