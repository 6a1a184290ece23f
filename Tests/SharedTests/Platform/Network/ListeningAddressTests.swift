import NIOCore
import Platform
import Testing

@Suite("Where a server listens stands in the log as it would in a URL")
struct ListeningAddressTests {
    @Test(arguments: [("127.0.0.1", "127.0.0.1:7601"), ("::1", "[::1]:7601"), ("0.0.0.0", "0.0.0.0:7601")])
    func anAddressOfTheInternet(host: String, words: String) throws {
        #expect(ListeningAddress.words(try SocketAddress(ipAddress: host, port: 7601)) == words)
    }

    @Test func whatIsNoneOrNotKnown() throws {
        #expect(ListeningAddress.words(try SocketAddress(unixDomainSocketPath: "/run/t.sock")) == "/run/t.sock")
        #expect(ListeningAddress.words(nil) == "?")
    }
}
