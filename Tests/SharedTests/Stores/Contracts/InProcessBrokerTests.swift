import StoreContracts
import Testing

@testable import Stores

@Suite("The in-process broker keeps the broker's promises", .timeLimit(.minutes(10)))
struct InProcessBrokerTests {
    @Test(arguments: BrokerContract.promises)
    func promise(_ promise: BrokerContract) async throws {
        try await promise.check(InProcessBroker())
    }
}
