/// A way to do a node harm.
package enum HostileKind: String, Codable, CaseIterable, Sendable {
    /// Reads without pause, but less than comes.
    case steady
    /// Asks for pages one behind the other and reads no answer.
    case pipelined
    /// Pings 900 times a second and reads the pongs slowly.
    case pings
    /// Resumes thousands of streams that don't exist, again and again, and reads the rejections slowly.
    case resumes
    /// Asks for ever new symbols that the exchange doesn't have.
    case symbols
    /// Pings, and leaves in good order, while a subscription is waiting.
    case waiting

    package var words: String {
        switch self {
        case .steady: "read 25, 12 and 6 KB/s"
        case .pipelined: "pipeline and read nothing"
        case .pings: "900 pings/s, read slowly"
        case .resumes: "resume 2,500 streams, read slowly"
        case .symbols: "invent symbols"
        case .waiting: "ping while a subscribe waits"
        }
    }

    var clients: Int {
        switch self {
        case .symbols: 5
        default: 3
        }
    }

    func script(_ index: Int, _ options: HostileOptions) -> any HostileScript {
        switch self {
        case .steady: SteadyReader(bytesPerSecond: [25_000, 12_000, 6000][index % 3], symbols: options.symbols)
        case .pipelined: Pipeliner(path: ["/stats", "/", "/nothing"][index % 3], host: options.url.host)
        case .pings: PingFlood()
        case .resumes: ResumeFlood()
        case .symbols: SymbolInventor()
        case .waiting: WaitingPinger()
        }
    }
}
