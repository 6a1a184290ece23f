import Core

/// One encoding of a stream's frames: those who subscribe in the same variant are sent the same bytes. What comes later to
/// tell encodings apart (coding, delta mode, filter) is a field here.
struct Variant: Hashable, Sendable {
    var dialect: DialectID
}
