import Glibc

/// The clock that stands in the data: one for all processes of a machine, and nobody sets it.
package enum MonotonicClock {
    package static func nanoseconds() -> Int64 { nanoseconds(of: CLOCK_MONOTONIC) }

    /// CPU time of this process, of all its threads.
    package static func processCPU() -> Int64 { nanoseconds(of: CLOCK_PROCESS_CPUTIME_ID) }

    /// CPU time of the calling thread.
    package static func threadCPU() -> Int64 { nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) }

    /// Blocks the calling thread: for threads that have nothing else to do.
    static func sleep(until moment: Int64) {
        var time = timespec(tv_sec: Int(moment / 1_000_000_000), tv_nsec: Int(moment % 1_000_000_000))
        // A signal ends it early: then once more.
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }

    private static func nanoseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
