/// The demand board of the standalone process: one bounded queue. When it is full the oldest announcement is lost,
/// which the node's next `all` heals.
package final class InProcessDemandBoard: DemandBoard {
    private let stream: AsyncStream<DemandAnnouncement>
    private let continuation: AsyncStream<DemandAnnouncement>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(65_536))
    }

    package func announce(_ announcement: DemandAnnouncement) async throws { continuation.yield(announcement) }

    package func announcements() -> AsyncStream<DemandAnnouncement> { stream }
}
