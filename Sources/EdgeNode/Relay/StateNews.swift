/// That a node has lost the state of a book, or has it again.
enum StateNews: Sendable {
    /// Neither the history nor what is live tells it: the ingestor is asked.
    case missing
    case known
}
