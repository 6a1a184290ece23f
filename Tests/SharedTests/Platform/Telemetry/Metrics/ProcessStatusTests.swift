import Testing

@testable import Platform

@Suite struct ProcessStatusTests {
    @Test func readsWhatTheSystemSays() throws {
        let text =
            "4711 (a) b (c) S 1 4711 4711 0 -1 4194560 900 0 0 0 250 50 0 0 20 0 7 0 12345 104857600 2560 18446744073709551615 1"
        let status = try #require(
            ProcessStatus(text, ticksPerSecond: 100, pageBytes: 4096, bootTime: 1_700_000_000)
        )
        #expect(status.processorSeconds == 3)
        #expect(status.virtualBytes == 104_857_600 && status.residentBytes == 10_485_760)
        #expect(status.startedAt == 1_700_000_123.45)
        #expect(ProcessStatus("4711 (cut off", ticksPerSecond: 100, pageBytes: 4096, bootTime: nil) == nil)
        #expect(ProcessStatus("4711 (short) S 1 2", ticksPerSecond: 100, pageBytes: 4096, bootTime: nil) == nil)
    }

    @Test func ofThisProcessAllIsThere() {
        var snapshot = MetricsSnapshot()
        ProcessMetrics.add(to: &snapshot)
        #expect(Set(snapshot.metrics.map(\.family)) == Set(ProcessMetrics.families))
        #expect(snapshot[ProcessMetrics.residentMemory] > 1 << 20)
        #expect(snapshot[ProcessMetrics.maximumDescriptors] >= snapshot[ProcessMetrics.openDescriptors])
    }
}
