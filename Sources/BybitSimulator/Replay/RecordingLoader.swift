import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads JSONL recordings: one frame a line. Lines without a topic (acknowledgements) and blank lines are passed over.
enum RecordingLoader {
    private struct Header: Decodable {
        var topic: String?
        var ts: Int64?
    }

    static func load(_ paths: [String]) throws -> Recording {
        var recording = Recording()
        for path in paths {
            let data: Data
            do {
                data = try Data(contentsOf: URL(fileURLWithPath: path))
            } catch {
                throw SimulatorError.unreadableFrames(path: path, reason: reason(of: error))
            }
            try append(data, named: path, to: &recording)
        }
        guard paths.isEmpty || !recording.topics.isEmpty else {
            throw SimulatorError.noFrames(paths: paths)
        }
        return recording
    }

    private static func reason(of error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?: "no such file"
        case .fileReadNoPermission?: "no permission"
        default: "not a readable file"
        }
    }

    static func append(_ data: Data, named path: String, to recording: inout Recording) throws {
        let decoder = JSONDecoder()
        var number = 0
        for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            var line = line
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            let header: Header
            do {
                header = try decoder.decode(Header.self, from: Data(line))
            } catch {
                throw SimulatorError.malformedFrame(path: path, line: number)
            }
            guard let topic = header.topic else { continue }
            recording.append(topic: topic, time: header.ts, text: ByteBuffer(bytes: line))
        }
    }
}
