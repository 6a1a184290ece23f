import Testing

/// All tests with real redis-server processes: one after the other, since some of them measure time.
@Suite("Redis", .serialized, .timeLimit(.minutes(10)))
enum RedisIntegration {}
