import NIOCore
import Testing

@testable import LoadGenerator

/// The data that carry time and number.
@Suite struct PublicationDataTests {
    @Test("They are as long as was asked for, and JSON that is read again", arguments: [64, 400, 5000])
    func roundTrip(_ bytes: Int) throws {
        for (time, number) in [(1, 1), (Int64.max, UInt64(Int64.max))] as [(Int64, UInt64)] {
            let data = PublicationData.make(
                time: time,
                number: number,
                bytes: bytes,
                pad: PublicationData.pad(bytes)
            )
            #expect(data.readableBytes == bytes)
            #expect(String(buffer: data).hasSuffix("x\"}"))
            let read = data.withUnsafeReadableBytes { bytes in
                var scanner = ByteScanner(bytes)
                return scanner.flatMap { _ in PublicationData.read(&scanner!) }
            }
            #expect(read?.time == time)
            #expect(read?.number == number)
        }
    }
}
