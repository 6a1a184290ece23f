import Synchronization
import Testing

@testable import Platform

@Suite(.timeLimit(.minutes(5))) struct AsyncGateTests {
    /// Who waits and is cancelled leaves the line at once, without the work; who is behind it is not held up.
    @Test(arguments: [true, false]) func whoIsCancelledLeavesTheLine(isCancelledBefore: Bool) async {
        let gate = AsyncGate(width: 1)
        let hold = Hold()
        let first = Task { await gate.pass { await hold.wait() } }
        await hold.begun()
        let second = Task { () -> Int? in
            if isCancelledBefore { while !Task.isCancelled { await Task.yield() } }
            return await gate.passUnlessCancelled { 2 }
        }
        if !isCancelledBefore { while gate.waiting < 1 { await Task.yield() } }
        let third = Task { await gate.passUnlessCancelled { 3 } }
        while gate.waiting < (isCancelledBefore ? 1 : 2) { await Task.yield() }
        second.cancel()
        // The gate is closed still.
        #expect(await second.value == nil)
        hold.release()
        await first.value
        #expect(await third.value == 3)
        #expect(await gate.passUnlessCancelled { 4 } == 4)
    }

    /// Work that has begun goes on, and its place is free behind it.
    @Test func whoHasPassedGoesOn() async {
        let gate = AsyncGate(width: 1)
        let hold = Hold()
        let work = Task { () -> Bool? in
            await gate.passUnlessCancelled {
                await hold.wait()
                return Task.isCancelled
            }
        }
        await hold.begun()
        work.cancel()
        hold.release()
        #expect(await work.value == true)
        #expect(await gate.passUnlessCancelled { 1 } == 1)
    }

    /// Work that goes on until it is told not to.
    private final class Hold: Sendable {
        private let state = Mutex((hasBegun: false, isOver: false))

        func wait() async {
            state.withLock { $0.hasBegun = true }
            while !state.withLock(\.isOver) { await Task.yield() }
        }

        func begun() async { while !state.withLock(\.hasBegun) { await Task.yield() } }

        func release() { state.withLock { $0.isOver = true } }
    }
}
