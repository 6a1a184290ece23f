import NIOCore
import Platform
import TestSupport
import Testing

@testable import EdgeNode

@Suite("Connections are counted by address, exactly, and what is remembered is bounded")
struct AddressTableTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func group(_ text: String) throws -> AddressGroup {
        AddressGroup(of: try #require(IPAddress(text)))
    }

    @Test(arguments: [
        ("192.0.2.1", "::ffff:192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", true), ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        // What is left of a /64 must not become IPv4.
        ("::1", "0.0.0.0", false), ("::fffe:0:1", "::1", true),
    ])
    func whoIsCountedAsOne(_ one: String, _ other: String, _ areOne: Bool) throws {
        let groups = [try Self.group(one), try Self.group(other)]
        #expect((groups[0] == groups[1]) == areOne)
    }

    @Test func noMoreThanTheLimitAndAgainWhenOneHasLeft() throws {
        var table = AddressTable(limit: 2, rate: nil)
        let (group, other) = (try Self.group("192.0.2.1"), try Self.group("192.0.2.2"))
        #expect(table.enter(group, room: 0, at: Self.start) == .admitted)
        #expect(table.enter(group, room: 0, at: Self.start) == .admitted)
        #expect(table.enter(group, room: 0, at: Self.start) == .turnedAway(.connections))
        #expect(table.enter(other, room: 0, at: Self.start) == .admitted)
        table.leave(group, wasRefused: false, at: Self.start)
        #expect(table.enter(group, room: 0, at: Self.start) == .admitted)
        #expect(table.enter(group, room: 0, at: Self.start) == .turnedAway(.connections))
        for _ in 0..<2 { table.leave(group, wasRefused: false, at: Self.start) }
        table.leave(other, wasRefused: false, at: Self.start)
        #expect(table.count == 0)
    }

    /// They take nobody's place, and are only so many.
    @Test func thoseThatAreToldAreCountedApart() throws {
        var table = AddressTable(limit: 1, rate: nil)
        let group = try Self.group("192.0.2.1")
        #expect(table.enter(group, room: 2, at: Self.start) == .admitted)
        for _ in 0..<2 { #expect(table.enter(group, room: 2, at: Self.start) == .refused(.connections)) }
        #expect(table.enter(group, room: 2, at: Self.start) == .turnedAway(.connections))
        table.leave(group, wasRefused: false, at: Self.start)
        #expect(table.enter(group, room: 2, at: Self.start) == .admitted)
        for isRefused in [true, true, false] { table.leave(group, wasRefused: isRefused, at: Self.start) }
        #expect(table.count == 0)
    }

    @Test func howOftenAnAddressHasConnectedIsRememberedWhenItHasLeft() throws {
        var table = AddressTable(limit: nil, rate: ConnectRate(perSecond: 1))
        let group = try Self.group("192.0.2.1")
        #expect(table.enter(group, room: 0, at: Self.start) == .admitted)
        table.leave(group, wasRefused: false, at: Self.start)
        let soon = Self.start + .milliseconds(400)
        #expect(table.enter(group, room: 0, at: soon) == .turnedAway(.rate(.milliseconds(600))))
        #expect(table.enter(group, room: 0, at: Self.start + .seconds(1)) == .admitted)
    }

    @Test func addressesThatComeOnceAreForgottenAndNeverMoreThanTheBoundRemembered() {
        var table = AddressTable(limit: nil, rate: ConnectRate(perSecond: 1), remembered: 100)
        var now = Self.start
        for number in 0..<100_000 {
            let group = AddressGroup(of: .v4(UInt32(number)))
            #expect(table.enter(group, room: 0, at: now) == .admitted)
            table.leave(group, wasRefused: false, at: now)
            if number % 1000 == 0 { now = now + .milliseconds(100) }
            #expect(table.count <= 100)
        }
        // Two with each that comes, when their second is over.
        now = now + .seconds(2)
        for _ in 0..<100 { _ = table.enter(AddressGroup(of: .v4(0)), room: 0, at: now) }
        #expect(table.count == 1)
    }

    /// Against counting in the plainest way.
    @Test func whateverComesAndLeavesTheCountsAreRight() {
        var generator = SeededGenerator(seed: 11)
        var table = AddressTable(limit: 3, rate: nil)
        var connections: [UInt32: Int] = [:]
        for _ in 0..<20_000 {
            let number = UInt32.random(in: 0..<20, using: &generator)
            let group = AddressGroup(of: .v4(number))
            if Bool.random(using: &generator), connections[number, default: 0] > 0 {
                connections[number, default: 0] -= 1
                table.leave(group, wasRefused: false, at: Self.start)
            } else {
                let isAdmitted = table.enter(group, room: 0, at: Self.start) == .admitted
                #expect(isAdmitted == (connections[number, default: 0] < 3))
                if isAdmitted { connections[number, default: 0] += 1 }
            }
            #expect(table.count == connections.values.count { $0 > 0 })
        }
    }
}
