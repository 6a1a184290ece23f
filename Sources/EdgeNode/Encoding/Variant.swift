import Core

/// One encoding of a stream's frames: those who subscribe in the same variant are sent the same bytes. What comes later to
/// tell encodings apart (coding, delta mode, filter) is a field here.
struct Variant: Hashable, Sendable {
    var dialect: DialectID
    /// Its frames tell when the exchange made a publication, when the ingestor had it, and when the frame was made.
    var tellsTimes = false
}
