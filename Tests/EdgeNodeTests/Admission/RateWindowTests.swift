import NIOCore
import Testing

@testable import EdgeNode

@Suite struct RateWindowTests {
    @Test func aWindowAdmitsItsLimitAndTheNextOneAgain() {
        var window = RateWindow()
        let start = NIODeadline.uptimeNanoseconds(5_000_000_000)
        #expect(
            (0..<5).map { window.admit(at: start + .milliseconds($0), limit: 3) } == [true, true, true, false, false]
        )
        let late = window.admit(at: start + .milliseconds(999), limit: 3)
        #expect(!late)
        #expect((0..<4).map { _ in window.admit(at: start + .seconds(1), limit: 3) } == [true, true, true, false])
    }
}
