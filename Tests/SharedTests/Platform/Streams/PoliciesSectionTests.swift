import Core
import Testing

@testable import Platform

@Suite("The document's section `policies` says who may read which streams")
struct PoliciesSectionTests {
    private static func read(_ policies: String) throws(DocumentError) -> PoliciesSection? {
        try Document(yaml: "version: 1\npolicies:\n\(policies)", sections: [PoliciesSection.self], environment: [:])[
            PoliciesSection.self
        ]
    }

    @Test func theyAreReadInTheirOrder() throws {
        let section = try Self.read(
            """
              - {streams: "orders.{user}", access: owner}
              - {streams: "desk.*", access: role:trader}
              - {streams: ticker.*, access: authenticated}
              - {streams: trade.*, access: public}
            """
        )
        #expect(
            section?.policies == [
                try AccessPolicy("orders.{user}", .owner), try AccessPolicy("desk.*", .role("trader")),
                try AccessPolicy("ticker.*", .authenticated), try AccessPolicy("trade.*", .everybody),
            ]
        )
    }

    @Test(
        arguments: [
            (
                "  - {streams: ticker.*, access: nobody}",
                "line 3: policies[0].access is none of public, authenticated, owner, role:NAME"
            ),
            ("  - {streams: ticker.*, access: 'role:'}", "line 3: policies[0].access names no role: it is role:NAME"),
            (
                "  - {streams: orders.*, access: owner}",
                "line 3: policies[0].streams makes no sense: it needs one part {user} where the owner may read, and none where "
                    + "others may"
            ),
            (
                "  - {streams: a.b, access: public}\n  - {streams: a.b, access: owner}",
                "line 4: policies[1].streams makes no sense: it needs one part {user} where the owner may read, and none where "
                    + "others may"
            ),
            (
                "  - {streams: a.b, access: public}\n  - {streams: a.b, access: role:x}",
                "line 4: policies[1].streams is there twice: the first would count"
            ),
            ("  - {streams: a.b}", "line 3: policies[0] lacks 'access'"),
        ]
    )
    func whatIsWrongIsToldWithItsLine(policies: String, problem: String) {
        #expect {
            _ = try Self.read(policies)
        } throws: { error in
            (error as? DocumentError)?.problems.map(\.description) == [problem]
        }
    }
}
