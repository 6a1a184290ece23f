import Core
import NIOCore

/// One message of a route, before it has a number.
package struct FeedMessage: Equatable, Sendable {
    package var kind: Publication.Kind
    package var data: ByteBuffer

    package init(kind: Publication.Kind, data: ByteBuffer) {
        self.kind = kind
        self.data = data
    }
}
