import NIOCore

/// When the shard looks into its mailbox, so that neither its sockets nor its mail has to wait for long.
///
/// A turn of NIO's loop takes all sockets that are ready, then runs all tasks there are, those too that tasks set up: each
/// of the two can take so long as there is work of its kind. A storm of 15,000 connects or closes is few turns of up to a
/// second, in which the wake-up for the mail waits behind all of them; and a wake-up that is set up while the mail is
/// delivered runs before any socket has its turn, again and again where mail comes as fast as it is delivered.
///
/// So whatever comes by the thousand looks for mail on its way (`catchUp`), and after a long delivery the sockets come first
/// (`wakeUp`).
extension Shard {
    /// The mail is looked for that often at most while sockets are served, so that it is still delivered in batches.
    static let mailInterval: TimeAmount = .milliseconds(2)
    /// However long the last delivery took, sockets are served for no longer than this before the next.
    static let longestMailInterval: TimeAmount = .milliseconds(20)
    /// A delivery that took longer is followed by a turn of the sockets.
    static let longDelivery: TimeAmount = .milliseconds(5)
    /// A task with less of a delay would be due before the loop gets to its sockets.
    static let socketsTurn: TimeAmount = .microseconds(200)

    /// There is mail: the task that its sender has set up.
    func wakeUp() {
        guard mailDuration >= Self.longDelivery, eventLoop.now < mailTaken + Self.socketsTurn else { return takeMail() }
        guard !isMailDue else { return }
        isMailDue = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.socketsTurn) { [self] in
            isMailDue = false
            takeMail()
        }
    }

    /// To be called in what may come by the thousand in one turn of the loop, where nothing is half done: what is delivered
    /// may write to every client, and changes the state of streams.
    func catchUp() {
        let interval = min(max(mailDuration, Self.mailInterval), Self.longestMailInterval)
        guard eventLoop.now >= mailTaken + interval else { return }
        takeMail()
    }

    /// Nothing where it is called from a delivery that is under way: publications would overtake each other.
    private func takeMail() {
        guard !isTakingMail else { return }
        isTakingMail = true
        let start = eventLoop.now
        drain()
        mailTaken = eventLoop.now
        mailDuration = mailTaken - start
        isTakingMail = false
    }
}
