import NIOCore
import Testing

@testable import Core
@testable import Ingestor

@Suite("What heartbeats tell of where streams stand: what has fallen quiet, often enough, and all in turn")
struct PublishedPositionsTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let positions = PublishedPositions()

    private func stream(_ index: Int) -> StreamName { StreamName(checked: "trade.S\(index)USDT") }

    private func publication(_ index: Int, _ sequence: UInt64, _ kind: Publication.Kind = .update) -> Publication {
        Publication(
            stream: stream(index),
            position: Position(epoch: 7, sequence: sequence),
            kind: kind,
            exchangeTime: 0,
            ingestTime: 0
        )
    }

    private func at(_ milliseconds: Int64) -> NIODeadline { Self.start + .milliseconds(milliseconds) }

    /// So many streams that the turn of the first does not come within the next beats.
    private func crowd() {
        positions.published((1...2000).map { publication($0, 1) }, at: at(0))
        for beat in 1...40 { _ = positions.due(at: at(Int64(beat) * 1000)) }
    }

    @Test func aStreamThatFellQuietIsToldWithThreeHeartbeatsAndOneThatSpeaksIsNot() {
        crowd()
        let stream = stream(5000)
        positions.published([publication(5000, 3)], at: at(100_000))
        var told = 0
        #expect(positions.due(at: at(100_400))[stream] == nil)
        for beat in 1...8 where positions.due(at: at(100_400 + Int64(beat) * 1000))[stream] != nil { told += 1 }
        #expect(told == 3 || told == 4, "its turn may come beside")
        positions.published([publication(5000, 4)], at: at(120_000))
        #expect(positions.due(at: at(120_500))[stream]?.sequence == 4)
    }

    @Test func everyStreamIsToldInItsTurnAlsoWhereItSpeaksAllTheTime() {
        let count = 10 * PublishedPositions.turnsPerBeat
        var told: Set<StreamName> = []
        for beat in 1...10 {
            positions.published((1...count).map { publication($0, UInt64(beat)) }, at: at(Int64(beat) * 1000))
            let due = positions.due(at: at(Int64(beat) * 1000 + 1))
            #expect(due.count <= 2 * PublishedPositions.turnsPerBeat)
            #expect(due.values.allSatisfy { $0.sequence == UInt64(beat) })
            told.formUnion(due.keys)
        }
        #expect(told.count == count)
    }

    @Test func fewAreToldWithEachHeartbeat() {
        positions.published([publication(1, 9)], at: at(0))
        for beat in 1...20 {
            #expect(positions.due(at: at(Int64(beat))) == [stream(1): Position(epoch: 7, sequence: 9)])
        }
    }

    @Test func moreThanABeatHoldsIsToldByTheNextOnes() {
        let count = 2 * PublishedPositions.maximumPerBeat + 100
        positions.published((1...count).map { publication($0, 1) }, at: at(0))
        var told: [StreamName: Int] = [:]
        for beat in 1...12 {
            let due = positions.due(at: at(Int64(beat) * 1000))
            #expect(due.count <= PublishedPositions.maximumPerBeat)
            for stream in due.keys { told[stream, default: 0] += 1 }
        }
        #expect(told.count == count && told.values.allSatisfy { $0 >= 3 })
    }

    @Test func whatTheHistoryHeldAtTheStartIsToldUntilSomethingIsPublished() {
        positions.begin(stream(1), at: Position(epoch: 3, sequence: 9), at(0))
        #expect(positions.due(at: at(600)) == [stream(1): Position(epoch: 3, sequence: 9)])
        positions.published([publication(1, 10)], at: at(700))
        positions.begin(stream(1), at: Position(epoch: 3, sequence: 9), at(800))
        #expect(positions.due(at: at(1600)) == [stream(1): Position(epoch: 7, sequence: 10)])
    }

    @Test func aRefusalHasNoPlaceAndIsNotTold() {
        positions.published([publication(1, 0, .refusal)], at: at(0))
        #expect(positions.due(at: at(1000)).isEmpty)
    }

    @Test func aStreamIsForgottenOnceItWasToldOftenEnoughAndStandsWhereItIsSaidToStand() {
        positions.published([publication(1, 2), publication(2, 2)], at: at(0))
        let two = Position(epoch: 7, sequence: 2)
        #expect(positions.forget([stream(1): two]).isEmpty)
        for beat in 1...3 { _ = positions.due(at: at(Int64(beat) * 1000)) }
        let said = [stream(1): two, stream(2): Position(epoch: 7, sequence: 3), stream(3): two]
        #expect(positions.forget(said) == [stream(1)])
        #expect(positions.count == 1)
    }
}
