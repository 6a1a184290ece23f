/// A read of a stream's log for clients that resume: those that ask before it begins share it. A value.
struct LogRead {
    /// Never given twice by one node.
    typealias Number = Int

    let number: Number
    /// Those that wait for it.
    var shards = ShardSet()

    init(number: Number) {
        self.number = number
    }
}
