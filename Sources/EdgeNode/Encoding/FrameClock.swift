/// The time of day in microseconds since 1970, for frames that tell when they were made; any thread may ask it.
package typealias FrameClock = @Sendable () -> Int64
