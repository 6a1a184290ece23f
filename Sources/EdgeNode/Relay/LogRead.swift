/// A read of a stream's log for clients that resume: those that ask before it begins share it. A value.
struct LogRead {
    /// Never given twice by one node.
    typealias Number = Int

    let number: Number
    /// The shards that wait for it, one bit for each.
    var shards: UInt64 = 0

    init(number: Number) {
        self.number = number
    }
}
