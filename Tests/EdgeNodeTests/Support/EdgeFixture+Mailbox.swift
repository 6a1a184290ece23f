import Core
import NIOCore
import NIOEmbedded

@testable import EdgeNode

/// A shard that does not come to take what it is handed.
extension EdgeFixture {
    /// Fills the first shard's mailbox with what nobody there wants, and does not wake the shard.
    func fillMailbox() throws {
        let publication = Envelope(try .of("ticker.A", 1), opensEpoch: false)
        for _ in 0..<ShardMailbox.maximumPublications { _ = mailboxes[0].post(.publication(publication)) }
    }

    /// What the shard has is given to clients, in as many turns as it takes.
    func drain() async throws {
        let shard = ports[0].shard
        try await loops[0].executeInContext { shard.value.turns.wakeUp() }
        await advance(.seconds(1))
    }
}
