import Testing

/// All tests with real nats-server processes: one after the other, since some of them measure time, and since cnats has one
/// pool of threads for the whole process.
@Suite("NATS", .serialized, .timeLimit(.minutes(10)))
enum NATSIntegration {}
