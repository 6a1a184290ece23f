import Testing

@testable import EdgeNode

@Suite struct OperatorsAddressTests {
    /// That of the clients' port only where the pages are there.
    @Test(
        arguments: [
            (nil, 8000, "http://10.0.0.1:8000"), (9000, 9000, "http://10.0.0.2:9000"),
            (0, 4711, "http://10.0.0.2:4711"), (nil, nil, nil), (9000, nil, nil),
        ] as [(Int?, Int?, String?)]
    )
    func whoIsToldOfANodeIsToldWhereItsPagesAre(adminPort: Int?, open: Int?, address: String?) {
        var configuration = EdgeNode.Configuration(dialects: DialectRegistry([ActionDialect()]))
        configuration.host = "10.0.0.1"
        configuration.adminHost = "10.0.0.2"
        configuration.adminPort = adminPort
        #expect(configuration.operatorsAddress(port: open) == address)
    }
}
