import Core
import Stores
import Testing

extension HistoryContract {
    private typealias Sample = ContractPublications

    /// What may be appended, and what a refused append leaves.
    static let writing = [
        HistoryContract("refuses a lower epoch and keeps nothing of it") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            try await history.append(Sample.publications(stream, 1...2, epoch: 5))
            await #expect(throws: HistoryError.fenced(stream, epoch: 4, current: 5)) {
                try await history.append(Sample.publications(stream, 3...6, epoch: 4))
            }
            let slice = try await history.read(stream, from: 0, limit: 10)
            #expect(slice.entries == Sample.publications(stream, 1...2, epoch: 5))
            #expect(slice.latest == Position(epoch: 5, sequence: 2))
        },
        HistoryContract("accepts the sequences of a higher epoch that go on") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            try await history.append(Sample.publications(stream, 1...3, epoch: 1))
            try await history.append(Sample.publications(stream, 4...5, epoch: 9))
            let slice = try await history.read(stream, from: 3, limit: 10)
            #expect(
                slice.entries
                    == Sample.publications(stream, 3...3, epoch: 1) + Sample.publications(stream, 4...5, epoch: 9)
            )
            #expect(slice.oldest == Position(epoch: 1, sequence: 1))
            #expect(slice.latest == Position(epoch: 9, sequence: 5))
        },
        HistoryContract("refuses a sequence that another epoch has taken") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            try await history.append(Sample.publications(stream, 1...3))
            for sequence in [3, 1] as [UInt64] {
                await #expect(throws: HistoryError.outOfOrder(stream, sequence: sequence, last: 3)) {
                    try await history.append([Sample.publication(stream, sequence, epoch: 2)])
                }
            }
            #expect(try await history.read(stream, from: 0, limit: 10).entries == Sample.publications(stream, 1...3))
        },
        HistoryContract("passes over what it has already, so that an append can be repeated") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            try await history.append(Sample.publications(stream, 1...2))
            for _ in 0..<2 { try await history.append(Sample.publications(stream, 1...4)) }
            #expect(try await history.read(stream, from: 0, limit: 10).entries == Sample.publications(stream, 1...4))
        },
        HistoryContract("keeps nothing of the stream behind a publication that it refused") { subject in
            let history = try await subject.make(Retention())
            let stream = Sample.freshStream()
            try await history.append(Sample.publications(stream, 1...2))
            await #expect(throws: HistoryError.outOfOrder(stream, sequence: 2, last: 2)) {
                try await history.append(Sample.publications(stream, 2...4, epoch: 2))
            }
            #expect(try await history.read(stream, from: 0, limit: 10).entries == Sample.publications(stream, 1...2))
        },
        HistoryContract("takes the next good append after a refused one") { subject in
            let history = try await subject.make(Retention())
            let (stream, other) = (Sample.freshStream(), Sample.freshStream())
            try await history.append([Sample.publication(stream, 1, epoch: 3)])
            _ = try? await history.append([Sample.publication(stream, 2, epoch: 2)])
            try await history.append([Sample.publication(stream, 2, epoch: 3), Sample.publication(other, 1, epoch: 3)])
            #expect(try await history.read(stream, from: 0, limit: 10).latest == Position(epoch: 3, sequence: 2))
            #expect(try await history.read(other, from: 0, limit: 10).latest == Position(epoch: 3, sequence: 1))
        },
        HistoryContract("says of a refusal which stream, and what it has") { _ in
            let stream = try StreamName(canonical: "trade.BTCUSDT")
            let fenced = HistoryError.fenced(stream, epoch: 4, current: 5)
            #expect(
                fenced.description
                    == "trade.BTCUSDT: the history has seen epoch 5 and refuses epoch 4: another ingestor leads now"
            )
            let outOfOrder = HistoryError.outOfOrder(stream, sequence: 2, last: 3)
            #expect(
                outOfOrder.description == "trade.BTCUSDT: the history's last sequence is 3 and it refuses sequence 2"
            )
        },
    ]
}
