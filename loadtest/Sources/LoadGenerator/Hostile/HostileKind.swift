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
    /// Sends the head of its request a byte a second.
    case heads
    /// Sends a message of 60,000 bytes a byte a second, and answers no ping.
    case frames
    /// Sends nothing at all, or nothing more and reads nothing, or closes its half only.
    case halfOpen = "half-open"
    /// Sends messages, pongs and fragments of one byte, 12,500 frames a second.
    case tiny
    /// Breaks pings into fragments, makes them too long, or puts them between the fragments of a message.
    case fragments

    package var words: String {
        switch self {
        case .steady: "read 25, 12 and 6 KB/s"
        case .pipelined: "pipeline and read nothing"
        case .pings: "900 pings/s, read slowly"
        case .resumes: "resume 2,500 streams, read slowly"
        case .symbols: "invent symbols"
        case .waiting: "ping while a subscribe waits"
        case .heads: "a byte of a head each second"
        case .frames: "a byte of a frame each second"
        case .halfOpen: "half-open"
        case .tiny: "12,500 tiny frames/s"
        case .fragments: "fragmented pings"
        }
    }

    var clients: Int {
        switch self {
        case .symbols: 5
        case .heads, .frames, .halfOpen: 150
        case .fragments: 6
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
        case .heads: SlowHead(options.url)
        case .frames: SlowFrame()
        case .halfOpen: HalfOpen(HalfOpen.Kind.allCases[index % 3], symbols: options.symbols)
        case .tiny: TinyFrames(TinyFrames.Kind.allCases[index % 3])
        case .fragments: FragmentedPings(FragmentedPings.Kind.allCases[index % 3])
        }
    }
}
