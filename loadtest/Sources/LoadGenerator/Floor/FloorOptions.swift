/// What the floor is to do, as the command line said it.
package struct FloorOptions: Sendable {
    package var port: Int
    package var clients = 1000
    package var bytes = 400
    /// Messages per second to each client; 0 as fast as it goes.
    package var rate = 10.0
    package var seconds = 10.0
    package var warmup = 2.0
    package var isHeld = false

    package init(port: Int) {
        self.port = port
    }

    package func check() throws(LoadFailure) {
        guard (1...65_535).contains(port) else { throw LoadFailure("--port must be from 1 to 65535") }
        guard clients > 0 else { throw LoadFailure("--clients must be above 0") }
        guard (PublicationData.minimumBytes...1_000_000).contains(bytes) else {
            throw LoadFailure("--bytes must be from \(PublicationData.minimumBytes) to 1000000")
        }
        guard rate >= 0, rate.isFinite, seconds > 0, warmup >= 0 else {
            throw LoadFailure("--rate and --warmup must not be negative, --seconds must be above 0")
        }
    }
}
