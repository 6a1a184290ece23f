import Core
import NIOCore
import Testing

@testable import EdgeNode

@Suite struct OutboxLimitsTests {
    /// What is still admitted: latest, delta, event.
    @Test(arguments: [
        (0, 0, [true, true, true]), (999, 9, [true, true, true]), (1000, 0, [false, true, true]),
        (1999, 0, [false, true, true]), (2000, 0, [false, false, true]), (3999, 39, [false, false, true]),
        (4000, 0, [false, false, false]), (0, 10, [false, true, true]), (0, 20, [false, false, true]),
        (0, 40, [false, false, false]),
    ])
    func theLadder(bytes: Int, messages: Int, admitted: [Bool]) {
        var limits = OutboxLimits()
        limits.bytes = 4000
        limits.messages = 40
        let classes: [DeliveryClass] = [.latest, .delta, .event]
        #expect(classes.map { limits.admits($0, bytes: bytes, messages: messages) } == admitted)
    }

    /// What is still admitted after so many milliseconds, and with a debt so old: latest, delta, event.
    @Test(
        arguments: [
            (0, nil, [true, true, true]), (199, nil, [true, true, true]), (200, nil, [false, true, true]),
            (999, nil, [false, true, true]), (1000, nil, [false, false, true]), (0, 0, [false, true, true]),
            (0, 999, [false, true, true]), (0, 1000, [false, false, true]),
        ] as [(Int64, Int64?, [Bool])]
    )
    func whatIsOldIsNotAddedTo(age: Int64, debt: Int64?, admitted: [Bool]) {
        let classes: [DeliveryClass] = [.latest, .delta, .event]
        #expect(
            classes.map {
                OutboxLimits.admits($0, age: .milliseconds(age), debt: debt.map { .milliseconds($0) })
            } == admitted
        )
    }
}
