/// The exchange did not say which instruments it has, and may have asked to be left alone. Its description is for a person.
package protocol InstrumentFailure: Error {
    var retryAfter: Duration? { get }
}
