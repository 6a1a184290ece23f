/// Whether a client that was let go, or not let in, may try the same again: the node's close codes, as `docs/protocol.md` tells
/// them, and HTTP. Pure.
package enum ComingBack {
    /// - Parameter code: Of the close frame; nil where there was none.
    package static func isPointless(afterClose code: UInt16?) -> Bool {
        switch code {
        // What was sent is against the rules.
        case 1002, 1003, 1007, 1008, 1009: true
        // The credential has ended, or was taken back.
        case 4401, 4403: true
        default: false
        }
    }

    /// - Parameter status: Of the answer in place of an upgrade.
    package static func isPointless(afterStatus status: UInt) -> Bool {
        // Too slow, too early, too many: another time.
        (400..<500).contains(status) && ![408, 425, 429].contains(status)
    }
}
