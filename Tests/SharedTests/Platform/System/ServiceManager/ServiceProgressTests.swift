import Platform
import Testing

@Suite("A service's manager hears once that it has come up, then how it is, and once that it stops")
struct ServiceProgressTests {
    private let start = ContinuousClock.now

    @Test func readyOnceWhateverItWaitsForAndThenWhatHasChanged() {
        var progress = ServiceProgress()
        #expect(progress.news("not ready: x", at: start) == .ready("not ready: x"))
        progress.told(.ready("not ready: x"), at: start)
        #expect(progress.news("not ready: x", at: start + .seconds(60)) == nil)
        #expect(progress.news("serving", at: start + .milliseconds(999)) == nil)
        let later = start + ServiceProgress.pause
        #expect(progress.news("serving", at: later) == .status("serving"))
        progress.told(.status("serving"), at: later)
        #expect(progress.news("not ready: x", at: later + .milliseconds(999)) == nil)
        #expect(progress.news("serving", at: later + .seconds(60)) == nil)
    }

    /// What could not be sent has not been told.
    @Test func whatWasNotToldIsToldNext() {
        var progress = ServiceProgress()
        for _ in 0..<2 { #expect(progress.news("serving", at: start) == .ready("serving")) }
        progress.told(.ready("serving"), at: start)
        for seconds in 1...2 {
            #expect(progress.news("not ready: x", at: start + .seconds(seconds)) == .status("not ready: x"))
        }
        progress.stops()
        for _ in 0..<2 { #expect(progress.news("serving", at: start) == .stopping) }
        #expect(!progress.isOver)
        progress.told(.stopping, at: start)
        #expect(progress.isOver)
        #expect(progress.news("serving", at: start + .seconds(60)) == nil)
    }

    @Test func whoStopsBeforeItHasComeUpNeverDoes() {
        var progress = ServiceProgress()
        progress.stops()
        progress.stops()
        #expect(progress.news("serving", at: start) == .stopping)
        progress.told(.stopping, at: start)
        #expect(progress.news("serving", at: start) == nil)
    }

    /// Some of the words come from stores: none is a variable of its own, and none makes the message too long.
    @Test func theWordsAreThoseOfTheProtocol() {
        #expect(ServiceState.ready("serving").message == "READY=1\nSTATUS=serving")
        #expect(ServiceState.status("not ready: x").message == "STATUS=not ready: x")
        #expect(ServiceState.stopping.message == "STOPPING=1\nSTATUS=leaving")
        #expect(ServiceState.status("a\nMAINPID=1\r\u{9B}").message == "STATUS=a MAINPID=1  ")
        #expect(ServiceState.ready(String(repeating: "\u{1F600}", count: 5000)).message.utf8.count < 4096)
    }
}
