/// What one fetch of a set of keys has brought. A value.
struct FetchedKeys: Sendable {
    var keys: [VerificationKey]
    /// What was passed over, for the log.
    var remarks: [String] = []
    /// For how long the answer says that it is good; nil where it does not say.
    var lifetime: Duration?
}
