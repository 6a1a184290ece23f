import Core

/// The history of a gateway that keeps none (`HISTORY_URL=none`): clients can't resume, and a node can't fill a hole.
package struct NoHistory: History {
    package init() {}

    package func append(_ batch: [Publication]) async throws {}

    package func read(_ stream: StreamName, from sequence: UInt64, limit: Int) async throws -> HistorySlice {
        HistorySlice()
    }

    package var status: StoreStatus { .unused }

    package func close() async {}
}
