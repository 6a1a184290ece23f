import Platform
import Testing

@Suite("A service's manager hears once that it is ready, once that it stops, and never that it is ready after that")
struct ServiceProgressTests {
    @Test func readyOnceAndStoppingOnce() {
        var progress = ServiceProgress()
        #expect(progress.awaitsReadiness)
        let states = [
            progress.becameReady(), progress.becameReady(), progress.stops(), progress.stops(), progress.becameReady(),
        ]
        #expect(states == [.ready, nil, .stopping, nil, nil])
        #expect(!progress.awaitsReadiness)
    }

    @Test func whoStopsBeforeItWasReadyIsNeverReady() {
        var progress = ServiceProgress()
        let states = [progress.stops(), progress.becameReady()]
        #expect(states == [.stopping, nil])
        #expect(!progress.awaitsReadiness)
    }

    @Test func theWordsAreThoseOfTheProtocol() {
        #expect(ServiceState.ready.message.hasPrefix("READY=1\n"))
        #expect(ServiceState.stopping.message.hasPrefix("STOPPING=1\n"))
    }
}
