import Core
import Stores

/// Which channels a subscriber wants, and what of that Redis has confirmed. A value without a clock or a connection:
/// commands come out of `takeCommands`, in the order in which they are to be sent.
///
/// Redis confirms each channel of each command, in their order: so of a channel only the number of commands that are
/// still to be confirmed must be known. It is live when the last one is confirmed and it is wanted. Bounded by what its
/// owner subscribes to.
struct SubscriptionTable<Waiter> {
    enum Target: Hashable {
        case stream(StreamName)
        case control(ControlChannel)
    }

    enum Verb: String {
        case subscribe = "SUBSCRIBE"
        case unsubscribe = "UNSUBSCRIBE"
    }

    struct Command {
        let verb: Verb
        var channels: [String]
    }

    struct Confirmation {
        var waiters: [Waiter] = []
        /// All that was wanted before the connection was lost is heard again.
        var isRestored = false
    }

    enum GivenUp {
        case stays([Waiter])
        case dropped([Waiter])
        /// It no longer waited.
        case nothing
    }

    private struct Channel {
        let target: Target
        var isWanted = true
        var isLive = false
        var isRestoring = false
        var unconfirmed = 0
        var waiters: [(identifier: Int, waiter: Waiter)] = []
    }

    private let maximumChannelsPerCommand: Int
    private var channels: [String: Channel] = [:]
    private var commands: [Command] = []
    private var isConnected = false
    private var restoring = 0
    private var hasLost = false
    private var nextIdentifier = 0

    init(maximumChannelsPerCommand: Int = 512) {
        self.maximumChannelsPerCommand = maximumChannelsPerCommand
    }

    var count: Int { channels.count }

    /// What is delivered from this channel; nil where nothing is.
    func target(of name: String) -> Target? {
        guard let channel = channels[name], channel.isLive else { return nil }
        return channel.target
    }

    /// Nil where the channel is live already; else the waiter's number: it comes out of a confirmation or of `giveUp`.
    mutating func want(_ name: String, _ target: Target, _ waiter: Waiter) -> Int? {
        var channel = channels[name] ?? Channel(target: target, isWanted: false)
        if channel.isLive { return nil }
        if !channel.isWanted {
            channel.isWanted = true
            if isConnected {
                channel.unconfirmed += 1
                add(.subscribe, name)
            }
        }
        nextIdentifier += 1
        channel.waiters.append((nextIdentifier, waiter))
        channels[name] = channel
        return nextIdentifier
    }

    /// From now on nothing of the channel is delivered. Gives back who still waited for it.
    mutating func drop(_ name: String) -> [Waiter] {
        guard var channel = channels[name], channel.isWanted else { return [] }
        let waiters = channel.waiters.map(\.waiter)
        channel.waiters = []
        channel.isWanted = false
        channel.isLive = false
        if isConnected {
            channel.unconfirmed += 1
            add(.unsubscribe, name)
        }
        channels[name] = channel.unconfirmed > 0 ? channel : nil
        return waiters
    }

    /// The time of a waiter is up. A stream is then wanted no more, by all who wait for it; a control channel still is.
    mutating func giveUp(_ name: String, _ identifier: Int) -> GivenUp {
        guard let channel = channels[name], channel.waiters.contains(where: { $0.identifier == identifier }) else {
            return .nothing
        }
        guard case .control = channel.target else { return .dropped(drop(name)) }
        channels[name]?.waiters = []
        return .stays(channel.waiters.map(\.waiter))
    }

    /// There is a connection: what is wanted is asked for.
    mutating func connected() {
        isConnected = true
        // Where nothing is wanted any more, nothing was missed.
        hasLost = hasLost && !channels.isEmpty
        restoring = hasLost ? channels.count : 0
        for name in channels.keys.sorted() {
            channels[name]?.unconfirmed = 1
            channels[name]?.isRestoring = hasLost
            add(.subscribe, name)
        }
    }

    mutating func disconnected() {
        if isConnected { hasLost = hasLost || channels.values.contains { $0.isLive || $0.isRestoring } }
        isConnected = false
        commands = []
        channels = channels.compactMapValues { channel in
            guard channel.isWanted else { return nil }
            var channel = channel
            channel.isLive = false
            channel.isRestoring = false
            channel.unconfirmed = 0
            return channel
        }
    }

    /// Redis has confirmed a command for one channel; nil where none was sent.
    mutating func confirmed(_ name: String) -> Confirmation? {
        guard var channel = channels[name], channel.unconfirmed > 0 else { return nil }
        var confirmation = Confirmation()
        channel.unconfirmed -= 1
        if channel.isRestoring {
            channel.isRestoring = false
            restoring -= 1
            if restoring == 0 {
                hasLost = false
                confirmation.isRestored = true
            }
        }
        if channel.unconfirmed == 0, channel.isWanted {
            channel.isLive = true
            confirmation.waiters = channel.waiters.map(\.waiter)
            channel.waiters = []
        }
        channels[name] = channel.isWanted || channel.unconfirmed > 0 ? channel : nil
        return confirmation
    }

    mutating func takeCommands() -> [Command] {
        defer { commands = [] }
        return commands
    }

    /// Everybody who waits; nothing is wanted any more.
    mutating func close() -> [Waiter] {
        defer { (channels, commands) = ([:], []) }
        return channels.values.flatMap { $0.waiters.map(\.waiter) }
    }

    private mutating func add(_ verb: Verb, _ name: String) {
        if let last = commands.last, last.verb == verb, last.channels.count < maximumChannelsPerCommand {
            commands[commands.count - 1].channels.append(name)
        } else {
            commands.append(Command(verb: verb, channels: [name]))
        }
    }
}
