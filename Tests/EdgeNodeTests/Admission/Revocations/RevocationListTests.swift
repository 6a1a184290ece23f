import Stores
import Testing

@testable import EdgeNode

@Suite("What is revoked is refused, for as long as it was said, and nothing else is")
struct RevocationListTests {
    private static let now: Int64 = 1_000_000
    private static let digest = String(repeating: "ab", count: 32)

    private static func principal(
        user: String? = nil,
        issuedAt: Int64? = nil,
        _ credential: CredentialID? = nil
    ) -> Principal {
        Principal(user: user, issuedAt: issuedAt, credential: credential)
    }

    private static func list(_ subject: Revocation.Subject, until: Int64 = now + 1000) -> RevocationList {
        var list = RevocationList()
        #expect(list.add(Revocation(subject, at: now, until: until), at: now) == .news)
        return list
    }

    @Test(
        arguments: [
            (.user("u"), principal(user: "u"), true),
            (.user("u"), principal(user: "u", issuedAt: now - 1), true),
            (.user("u"), principal(user: "u", issuedAt: now), true),
            (.user("u"), principal(user: "u", issuedAt: now + 1), false),
            (.user("u"), principal(user: "v"), false),
            (.user("u"), principal(), false),
            (.user("u"), principal(user: "u", .key("k")), true),
            (.token("t"), principal(user: "u", .token(id: "t", digest: digest)), true),
            (.token(digest), principal(user: "u", .token(id: nil, digest: digest)), true),
            (.token(digest.uppercased()), principal(user: "u", .token(id: "t", digest: digest)), true),
            (.token(digest.uppercased()), principal(.token(id: digest.uppercased(), digest: "other")), true),
            (.token(digest), principal(user: "u", .vouched(digest: digest)), true),
            (.token("t"), principal(user: "t", .token(id: "s", digest: digest)), false),
            (.token("T"), principal(user: "u", .token(id: "t", digest: digest)), false),
            (.token("k"), principal(.key("k")), false),
            (.key("k"), principal(.key("k")), true),
            (.key("k"), principal(user: "k", .token(id: "k", digest: digest)), false),
            (.key("k"), principal(.key("l")), false),
        ] as [(Revocation.Subject, Principal, Bool)]
    )
    func whomItRefuses(_ subject: Revocation.Subject, _ principal: Principal, _ isRefused: Bool) {
        #expect(Self.list(subject).refuses(principal, at: Self.now) == isRefused)
    }

    @Test func itEndsWhenItIsOver() {
        var list = Self.list(.key("k"))
        let principal = Self.principal(.key("k"))
        #expect(list.refuses(principal, at: Self.now + 999))
        #expect(!list.refuses(principal, at: Self.now + 1000))
        #expect(list.shrink(at: Self.now + 1000).isEmpty && list.count == 0)
        #expect(list.add(Revocation(.key("k"), at: Self.now, until: Self.now), at: Self.now) == .over)
    }

    @Test func ofTwoOfOneSubjectTheLaterCountsForAsLongAsTheLonger() {
        var list = Self.list(.user("u"))
        #expect(list.add(Revocation(.user("u"), at: Self.now, until: Self.now + 1000), at: Self.now) == .known)
        let later = Revocation(.user("u"), at: Self.now + 50, until: Self.now + 100)
        #expect(list.add(later, at: Self.now + 50) == .news)
        #expect(list.count == 1)
        let principal = Self.principal(user: "u", issuedAt: Self.now + 50)
        #expect(list.refuses(principal, at: Self.now + 999))
    }

    @Test func whereItIsFullWhatIsOverFirstIsGivenUp() {
        var list = RevocationList(maximum: 2)
        for number: Int64 in [3, 1, 2] {
            _ = list.add(Revocation(.key("\(number)"), at: 0, until: Self.now + number), at: 0)
        }
        #expect(list.shrink(at: 0).map(\.subject) == [.key("1")])
        #expect(list.refuses(Self.principal(.key("3")), at: 0) && !list.refuses(Self.principal(.key("1")), at: 0))
    }
}
