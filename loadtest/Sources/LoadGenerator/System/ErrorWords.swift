import Glibc
import NIOCore
import NIOPosix

/// What the system says of an error, without what it means to the library.
enum ErrorWords {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "it does not answer"
        default: "\(error)"
        }
    }
}
