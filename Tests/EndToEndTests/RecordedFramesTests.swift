import Foundation
import Testing

/// What the exchange really sent, through the whole gateway, compared with an independent merge in Python.
@Suite struct RecordedFramesTests {
    @Test(
        "Recorded frames come out as the spec says, field by field, in each dialect",
        .enabled(if: !RecordedFrames.files.isEmpty, "there are no recorded frames in \(RecordedFrames.folder.path)"),
        arguments: RecordedFrames.files
    )
    func recordedFrames(name: String) async throws {
        let recording = try RecordedFrames.copy(of: name)
        defer { try? FileManager.default.removeItem(at: recording) }
        try await Scenario.run { scenario in
            // The first frame waits until the clients of all dialects are there.
            let simulator = try await scenario.simulator(["--frames", recording.path, "--first-data-delay", "1500"])
            let gateway = try await scenario.gateway(upstream: simulator.exchange)
            try await scenario.run(client: "recorded_check.py", [gateway.clients, recording.path])
        }
    }
}
