import Core

/// Where a stream stands, as the script keeps it beside the log: `<epoch> <sequence>`.
struct LogHead {
    let position: Position

    /// Nil where there is none, or one that no leader wrote.
    init?(_ reply: RESPValue) {
        guard let numbers = reply.text?.split(separator: " ", omittingEmptySubsequences: false), numbers.count == 2,
            let epoch = UInt64(numbers[0]), let sequence = UInt64(numbers[1])
        else { return nil }
        position = Position(epoch: epoch, sequence: sequence)
        guard position.isPossible else { return nil }
    }
}
