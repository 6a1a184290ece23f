import Testing

@testable import LoadGenerator

/// When the next publication of a stream may be made.
@Suite struct StreamGatesTests {
    @Test("A stream is open when all have its publication, by itself or in a range")
    func open() {
        let gates = StreamGates(3)
        gates.expect(3, of: 1)
        gates.expect(1, of: 2)
        #expect(gates.close(1))
        #expect(gates.close(2))
        #expect(!gates.close(0), "nobody is subscribed")
        gates.delivered(.next(covered: 0), of: 1)
        gates.delivered(.repeated, of: 1)
        gates.delivered(.state, of: 1)
        #expect(gates.wait(milliseconds: 0) == [])
        gates.delivered(.gap(missing: 1, covered: 0), of: 1)
        #expect(gates.wait(milliseconds: 0) == [1])
        gates.delivered(.next(covered: 0), of: 2)
        #expect(gates.wait(milliseconds: 0) == [2])
        #expect(gates.wait(milliseconds: 0) == [])
    }

    @Test("A subscriber that is gone is not waited for")
    func left() {
        let gates = StreamGates(1)
        gates.expect(2, of: 0)
        #expect(gates.close(0))
        gates.delivered(.next(covered: 0), of: 0)
        gates.left(0)
        #expect(gates.wait(milliseconds: 0) == [0])
        #expect(gates.close(0))
        gates.delivered(.next(covered: 0), of: 0)
        #expect(gates.wait(milliseconds: 0) == [0])
    }

    @Test("Streams that opened meanwhile are told together")
    func together() {
        let gates = StreamGates(2)
        for stream in [0, 1] {
            gates.expect(1, of: stream)
            #expect(gates.close(stream))
        }
        for stream in [1, 0] { gates.delivered(.next(covered: 0), of: stream) }
        #expect(gates.wait(milliseconds: 0) == [1, 0])
    }
}
