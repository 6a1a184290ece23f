/// A place that a connection has taken beside its place on the node: one of those of its address, of its user, of its key.
/// Freed once, when the connection has ended. Any thread.
package protocol Seat: AnyObject, Sendable {
    func free()
}
