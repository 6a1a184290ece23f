import Core
import NIOCore

/// What the contract suites publish. Every stream is fresh, so that the suites can share one real server.
package enum ContractPublications {
    package static func freshStream(_ type: String = "trade") -> StreamName {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        let symbol = "T" + String((0..<20).map { _ in letters.randomElement() ?? "X" })
        guard let stream = try? StreamName(canonical: "\(type).\(symbol)") else {
            preconditionFailure("letters and digits are always a name")
        }
        return stream
    }

    package static func publication(
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

    package static func publications(
        _ stream: StreamName,
        _ sequences: ClosedRange<UInt64>,
        epoch: UInt64 = 1
    ) -> [Publication] {
        sequences.map { publication(stream, $0, epoch: epoch) }
    }
}
