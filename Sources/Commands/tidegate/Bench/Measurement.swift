import ArgumentParser

/// What `tidegate bench` can measure; the raw value is what `--only` takes.
enum Measurement: String, CaseIterable, ExpressibleByArgument {
    case ticker
    case trade
    case book
    case latency
    case redis
    case nats
    case handshakes
    case resume
    case resumeES256 = "resume-es256"
    case latencyRedis = "latency-redis"
    case latencyNATS = "latency-nats"
}
