import Platform
import RedisStores

/// Something that is asked of one Redis over a connection of its own, closed behind it.
struct RedisQuestion: Sendable {
    struct NoAnswer: Error, CustomStringConvertible {
        let description: String
    }

    private let address: RedisAddresses.Address
    private let surroundings: Surroundings

    init(_ address: RedisAddresses.Address, _ surroundings: Surroundings) {
        self.address = address
        self.surroundings = surroundings
    }

    /// Throws in words and without secrets: where the address or a file is wrong, or nothing has come within the patience.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (RedisClient) async throws -> Answer
    ) async throws -> Answer {
        let connector = try RedisConnector(
            url: RedisURL(address.text),
            caFile: surroundings.settings[Settings.Stores.caFile],
            clientName: "tidegate-doctor"
        )
        let client = RedisClient(connector, purpose: "doctor", group: surroundings.group, logger: surroundings.logger)
        let result = await Deadline.value(within: surroundings.patience) { () async -> Result<Answer, any Error> in
            do { return .success(try await question(client)) } catch { return .failure(error) }
        }
        await client.close()
        guard let result else {
            throw NoAnswer(description: "no answer within \(surroundings.patience.settingText) s: \(client.status)")
        }
        return try result.get()
    }
}
