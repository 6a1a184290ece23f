import EdgeNode
import Testing

@Suite struct CloseCodeTests {
    /// Every code there is, against the ranges of RFC 6455, section 7.4, and the IANA registry, written out.
    @Test func validityOfEachCode() {
        let valid = Set<UInt16>([1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014])
            .union(3000...4999)
        for value in UInt16.min...UInt16.max {
            if CloseCode(rawValue: value).isValidOnTheWire != valid.contains(value) {
                Issue.record("\(value)")
            }
        }
    }

    /// Clients act on these numbers, so that a change of one is a change of the protocol.
    @Test(
        arguments: [
            (.normal, 1000), (.goingAway, 1001), (.protocolError, 1002), (.unsupportedData, 1003),
            (.invalidPayload, 1007),
            (.policy, 1008), (.messageTooBig, 1009), (.internal, 1011), (.overCapacity, 1013), (.idleTimeout, 4000),
            (.connectionLimit, 4003), (.slowConsumer, 4008), (.unauthorized, 4401), (.forbidden, 4403),
            (.rateLimited, 4429),
        ] as [(CloseCode, UInt16)]
    )
    func number(code: CloseCode, value: UInt16) {
        #expect(code.rawValue == value)
        #expect(code.isValidOnTheWire)
    }
}
