import Platform
import Testing

@testable import EdgeNode

@Suite struct PlacesTests {
    @Test(arguments: [
        // All fit: the limit holds what is in use, the reserve, and the visitors beside them.
        (10_000, 20_000, 40, 10_000), (10_000, 10_104, 40, 10_000),
        // One too few, and many too few.
        (10_000, 10_103, 40, 9_999), (10_000, 200, 40, 96), (1, 104, 40, 0), (10_000, 50, 40, 0),
    ])
    func asManyClientsFitAsThereAreDescriptorsBesideTheNodesOwn(wanted: Int, limit: Int, inUse: Int, fit: Int) {
        let places = Places(wanted: wanted, descriptorLimit: limit, inUse: inUse)
        #expect(places.clients == fit)
        #expect((places.complaint == nil) == (fit == wanted))
        #expect(places.sockets <= max(0, limit - inUse))
    }

    @Test func theComplaintSaysWhatIsAskedForWhatThereIsAndWhatWouldBeRight() throws {
        let complaint = try #require(Places(wanted: 10_000, descriptorLimit: 200, inUse: 40).complaint)
        for words in ["MAX_CLIENTS_TOTAL is 10000", "may open 200", "96 clients", "limit to 10104", "TOTAL to 96"] {
            #expect(complaint.contains(words), "\(complaint)")
        }
        // And with what it calls right there is nothing to complain of.
        #expect(Places(wanted: 10_000, descriptorLimit: 10_104, inUse: 40).complaint == nil)
        #expect(Places(wanted: 96, descriptorLimit: 200, inUse: 40).complaint == nil)
        // No number of clients would be right.
        let none = try #require(Places(wanted: 10_000, descriptorLimit: 60, inUse: 40).complaint)
        #expect(none.contains("no client could connect") && !none.contains("TOTAL to"), "\(none)")
    }

    /// Scrapers on a port of their own take nothing from clients, and find a place when all clients are there.
    @Test func whereOperatorsHaveAPortItsConnectionsAreKeptFree() {
        var configuration = EdgeNode.Configuration(dialects: .tidegate)
        configuration.maximumClients = 10_000
        let without = configuration.places(descriptorLimit: 1000, inUse: 40)
        configuration.adminPort = 0
        let with = configuration.places(descriptorLimit: 1000, inUse: 40)
        #expect(AdminServer.descriptors > 64)
        #expect(with.clients == without.clients - AdminServer.descriptors)
        #expect(with.sockets == without.sockets - AdminServer.descriptors)
        #expect(with.neededLimit == without.neededLimit + AdminServer.descriptors)
    }

    @Test func aNodeLetsInOnlyAsManyAsThereArePlaces() {
        let node = NodeState(maximumClients: 10_000)
        node.limit(to: Places(wanted: 10_000, descriptorLimit: 106, inUse: 40))
        #expect([node.admit(), node.admit(), node.admit()] == [true, true, false])
        node.clients.add(-1)
        #expect(node.admit())
        #expect(node.freeSockets == 34)
    }
}
