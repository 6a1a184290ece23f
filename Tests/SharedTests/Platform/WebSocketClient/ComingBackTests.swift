import Platform
import Testing

@Suite("Whoever is let go for good does not come back unchanged")
struct ComingBackTests {
    @Test(arguments: [1002, 1003, 1007, 1008, 1009, 4401, 4403] as [UInt16])
    func forGood(_ code: UInt16) { #expect(ComingBack.isPointless(afterClose: code)) }

    @Test(arguments: [nil, 1000, 1001, 1006, 1011, 1012, 4000, 4003, 4008] as [UInt16?])
    func forNow(_ code: UInt16?) { #expect(!ComingBack.isPointless(afterClose: code)) }

    @Test(arguments: [400, 401, 403, 404, 426, 431] as [UInt])
    func refusedForGood(_ status: UInt) {
        #expect(ComingBack.isPointless(afterStatus: status))
        #expect(WebSocketClientError.refused(url: "ws://a", status: status, body: "").isFinal)
    }

    @Test(arguments: [0, 200, 302, 408, 425, 429, 500, 502, 503] as [UInt])
    func refusedForNow(_ status: UInt) { #expect(!ComingBack.isPointless(afterStatus: status)) }

    @Test func whoCantBeReachedMayBeLater() {
        #expect(!WebSocketClientError.unreachable(url: "ws://a", reason: "x").isFinal)
    }
}
