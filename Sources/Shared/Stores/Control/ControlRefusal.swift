import Core

/// Why a message that should be signed is not heeded. Its description never has a text of the message.
package enum ControlRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    case tooLong(bytes: Int)
    case unreadable(JSONError)
    case unsigned
    case forged
    /// Its time is not within the window: how many milliseconds it is old, or below 0 ahead.
    case stale(ageMilliseconds: Int64)

    package var description: String {
        switch self {
        case .tooLong(let bytes): "the message has \(bytes) bytes; \(ControlSigner.maximumLength) are taken"
        case .unreadable(let error): "the message can't be read: \(error)"
        case .unsigned: "the message is not signed"
        case .forged: "the message is not signed under a key of CONTROL_KEY here"
        case .stale(let age):
            "the message is \(age) ms old by this clock; \(ControlSigner.window) ms each way are allowed"
        }
    }
}
