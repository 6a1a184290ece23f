/// The reads of one stream's log for clients that resume: the one under way, and the one for those who asked since it
/// began. A value.
struct LogReads {
    private var underWay: LogRead?
    private var later: LogRead?

    /// A shard asks. It gets the answer to the read of the number that this tells, which begins no earlier than now.
    ///
    /// - Parameter number: That of the read, where there is none to share.
    mutating func ask(for shard: Int, number: LogRead.Number) -> (number: LogRead.Number, starts: Bool) {
        let starts = underWay == nil
        var read = (starts ? nil : later) ?? LogRead(number: number)
        read.shards.insert(shard)
        if starts { underWay = read } else { later = read }
        return (read.number, starts)
    }

    /// The read of that number has ended: who waits for it, and the number of the next to be made. Nil where it is of no use
    /// to anybody any longer.
    mutating func end(_ number: LogRead.Number) -> (shards: ShardSet, next: LogRead.Number?)? {
        guard let ended = underWay, ended.number == number else { return nil }
        underWay = later.take()
        return (ended.shards, underWay?.number)
    }
}
