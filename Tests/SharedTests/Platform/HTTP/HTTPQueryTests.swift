import Testing

@testable import Platform

@Suite struct HTTPQueryTests {
    @Test(
        arguments: [
            (nil, []), ("", []), ("a=1", ["1"]), ("b=2&a=1&a=3", ["1", "3"]), ("a", [""]), ("a=", [""]),
            ("a=b=c", ["b=c"]),
            ("a=%7C", ["|"]), ("%61=1", ["1"]), ("a=1+2", ["1+2"]), ("a=%zz", [nil]), ("&&a=1&", ["1"]), ("A=1", []),
        ] as [(String?, [String?])]
    )
    func valuesAreFoundByTheirName(query: String?, values: [String?]) {
        #expect(HTTPQuery(query.map { $0[...] }).values(of: "a") == values)
    }
}
