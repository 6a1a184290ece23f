import Core

/// What waits from one term to the next of the same process.
extension PublishQueue {
    /// The numbers of one stream that wait.
    struct Numbers: Sendable, Hashable {
        var first: UInt64
        var last: UInt64
    }

    /// Of each stream that waits.
    var numbers: [StreamName: Numbers] {
        var numbers: [StreamName: Numbers] = [:]
        for publication in waiting where publication.isSequenced {
            let sequence = publication.position.sequence
            numbers[publication.stream, default: Numbers(first: sequence, last: sequence)].last = sequence
        }
        return numbers
    }

    /// All that waits is of this term from now on, under the numbers that it has.
    func adopt(into epoch: UInt64) {
        change { waiting in
            for index in waiting.indices {
                waiting[index].position = Position(epoch: epoch, sequence: waiting[index].position.sequence)
            }
        }
    }

    /// The history has what is numbered up to these: an answer was lost.
    func leaveOut(upTo kept: [StreamName: UInt64]) {
        guard !kept.isEmpty else { return }
        change { waiting in
            let isKept: (Publication) -> Bool = { publication in
                guard publication.isSequenced, let last = kept[publication.stream] else { return false }
                return publication.position.sequence <= last
            }
            // Whether the broker was given it nobody knows.
            receipts?.dropped(waiting.filter(isKept))
            waiting.removeAll(where: isKept)
        }
    }
}
