import Core
import Logging
import Platform
import Stores
import Synchronization

/// How the hub reads the history, whatever for.
extension Hub {
    /// Reads of a stream's log, counted; nil where the history can't be read.
    func readLog(_ stream: StreamName, from sequence: UInt64, limit: Int = .max) async -> HistorySlice? {
        HubCounters.count(counters.historyReads)
        do {
            return try await reads.pass {
                let start = ContinuousClock.now
                do {
                    let slice = try await history.read(stream, from: sequence, limit: limit)
                    outage.answered()
                    return slice
                } catch let error as HistoryError {
                    outage.answered()
                    throw error
                } catch {
                    outage.failed(since: start)
                    throw error
                }
            }
        } catch let error as HistoryError {
            // This one alone, and for as long as somebody else uses its place: there is none, and no sense in waiting.
            HubCounters.count(counters.historyFailures)
            logger.log(
                .warning,
                key: "unusable",
                "a log can't be used: its stream goes on without a past",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
            return HistorySlice()
        } catch {
            HubCounters.count(counters.historyFailures)
            logger.log(
                .warning,
                key: "history",
                "the history can't be read",
                metadata: ["stream": "\(stream)", "error": "\(error)"]
            )
            return nil
        }
    }
}
