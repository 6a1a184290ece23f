import Core
import NIOCore

/// Records of publications, as brokers and histories hand them out.
enum RecordTarget {
    static func run(_ input: [UInt8]) throws -> Bool {
        let stream = try StreamName(canonical: "ticker.BTCUSDT")
        let record = ByteBuffer(bytes: input)
        let notice = PublicationRecord.notice(record)
        try BrokenPromise.unless(notice?.isPossible ?? true, "the position of a notice is possible")
        guard let publication = try? PublicationRecord.read(record, of: stream) else { return notice != nil }
        try BrokenPromise.unless(notice == nil, "a publication is not the notice of one")
        try BrokenPromise.unless(publication.isPossible, "the position of a publication is possible")
        for version in WireVersion.allCases {
            var expected = publication
            // Version 1 has no place for it.
            if version == .one { expected.signature = nil }
            var again = ByteBuffer()
            PublicationRecord.write(publication, as: version, into: &again)
            let read = try? PublicationRecord.read(again, of: stream)
            try BrokenPromise.unless(read == expected, "written anew as version \(version.rawValue) it reads the same")
        }
        return true
    }
}
