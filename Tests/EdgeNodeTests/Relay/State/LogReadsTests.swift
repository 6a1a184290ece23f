import Synchronization
import Testing

@testable import EdgeNode

@Suite final class LogReadsTests {
    private let reads = Mutex(LogReads())

    private func ask(_ shard: Int, _ number: LogRead.Number) -> String {
        let (answer, starts) = reads.withLock { $0.ask(for: shard, number: number) }
        return "\(answer)" + (starts ? ", made now" : "")
    }

    private func end(_ number: LogRead.Number) -> String? {
        reads.withLock { $0.end(number) }.map { ended in
            "\(Array(ended.shards))" + (ended.next.map { ", next \($0)" } ?? "")
        }
    }

    @Test func whoeverAsksDuringAReadGetsTheNextOneWithAllOthersWhoDo() {
        let (first, second, third) = (ask(0, 1), ask(1, 2), ask(2, 3))
        #expect(first == "1, made now" && second == "2" && third == "2")
        #expect(end(1) == "[0], next 2")
        #expect(ask(3, 4) == "4")
        #expect(end(2) == "[1, 2], next 4")
        #expect(end(4) == "[3]")
        #expect(ask(0, 5) == "5, made now")
    }

    @Test func aReadOfAStreamThatHasComeBackSinceAnswersNobody() {
        _ = ask(0, 8)
        #expect(end(7) == nil)
    }
}
