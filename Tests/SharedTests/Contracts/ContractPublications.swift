import NIOCore

@testable import Shared

/// What the contract suites publish. Every stream is fresh, so that the suites can share one real server.
enum ContractPublications {
    static func freshStream(_ kind: StreamName.Kind = .trade) -> StreamName {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return StreamName(checked: kind, "T" + String((0..<20).map { _ in letters.randomElement() ?? "X" }))
    }

    static func publication(
        _ stream: StreamName,
        _ sequence: UInt64,
        epoch: UInt64 = 1,
        kind: Publication.Kind = .update
    ) -> Publication {
        Publication(
            stream: stream,
            position: Position(epoch: epoch, sequence: sequence),
            kind: kind,
            exchangeTime: 1_700_000_000_000 + Int64(sequence),
            ingestTime: 1_700_000_000_000_000 + Int64(sequence),
            data: ByteBuffer(string: #"{"n":\#(sequence)}"#)
        )
    }

    static func publications(
        _ stream: StreamName,
        _ sequences: ClosedRange<UInt64>,
        epoch: UInt64 = 1
    ) -> [Publication] {
        sequences.map { publication(stream, $0, epoch: epoch) }
    }
}
