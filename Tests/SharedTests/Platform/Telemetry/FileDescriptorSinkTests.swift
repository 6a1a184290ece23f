import Foundation
import Testing

@testable import Platform

/// Who logs never waits for who reads.
@Suite(.timeLimit(.minutes(10))) struct FileDescriptorSinkTests {
    @Test func linesOfManyThreadsComeOutWhole() throws {
        let pipe = Pipe()
        let sink = FileDescriptorSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let (threads, perThread, length) = (6, 4, 100_000)
        let writers = DispatchGroup()
        for thread in 0..<threads {
            writers.enter()
            Thread.detachNewThread {
                let line = [UInt8](repeating: UInt8(ascii: "a") + UInt8(thread), count: length) + [10]
                for _ in 0..<perThread { sink.emit(line) }
                writers.leave()
            }
        }
        let data = try #require(try pipe.fileHandleForReading.read(upToCount: threads * perThread * (length + 1)))
        writers.wait()
        let lines = data.split(separator: 10)
        #expect(lines.count == threads * perThread)
        #expect(lines.allSatisfy { line in line.count == length && line.allSatisfy { $0 == line.first } })
        #expect(sink.droppedLines == 0)
    }

    /// A blocking write would wait here for ever: nobody reads before all is said.
    @Test(arguments: [false, true]) func aReaderThatStallsCostsNobodyAndNothing(nonblocking: Bool) throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        if nonblocking { try #require(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0) }
        let sink = FileDescriptorSink(descriptor: descriptor)
        // Many times what a pipe holds.
        let lines = (0..<20_000).map { "\($0) of the lines that are written while nobody reads them" }
        for line in lines { sink.emit(Array("\(line)\n".utf8)) }
        let data = try pipe.fileHandleForReading.read(upToCount: lines.reduce(0) { $0 + $1.utf8.count + 1 })
        #expect(try #require(data).split(separator: 10).map { String(decoding: $0, as: UTF8.self) } == lines)
        #expect(sink.droppedLines == 0)
    }

    @Test func whatIsTooMuchIsDroppedAndSaidWhenTheReaderIsBack() throws {
        let pipe = try FullPipe()
        let sink = FileDescriptorSink(descriptor: pipe.descriptor, capacity: 100)
        sink.describeDrops { Array("dropped \($0)\n".utf8) }
        for number in 1...25 { sink.emit(Array("line \(number + 100)\n".utf8)) }
        // Nine bytes each.
        #expect(sink.droppedLines == 14)
        pipe.letFlow()
        let before = (101...111).map { "line \($0)" }
        #expect(try pipe.lines(before.count) == before)
        // In one notice or in two: the queue may have looked in between.
        var told = 0
        while told < 14 {
            let notice = try #require(try pipe.lines(1).first)
            told += try #require(Int(notice.dropFirst("dropped ".count)), "\(notice)")
        }
        #expect(told == 14)
        // Until the queue has done with them they count as waiting.
        sink.flush(within: .seconds(50))
        sink.emit(Array("and on\n".utf8))
        #expect(try pipe.lines(1) == ["and on"], "they are told once")
        #expect(sink.droppedLines == 14)
    }

    @Test func aReaderThatIsGoneCostsTheLinesAndNotTheProcess() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let sink = FileDescriptorSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        for _ in 0..<3 {
            sink.emit(Array("one\ntwo\n".utf8))
            sink.flush(within: .seconds(50))
        }
        #expect(sink.droppedLines == 6)
    }

    @Test func whatWaitsIsFlushedForABoundedTime() throws {
        let pipe = try FullPipe()
        let sink = FileDescriptorSink(descriptor: pipe.descriptor)
        sink.emit(Array("last words\n".utf8))
        let began = ContinuousClock.now
        sink.flush(within: .milliseconds(20))
        #expect(began.duration(to: .now) >= .milliseconds(20))
        pipe.letFlow()
        sink.flush(within: .seconds(50))
        #expect(try pipe.lines(1) == ["last words"])
    }

    @Test(arguments: [false, true]) func theNoticeHasTheFormOfTheLog(json: Bool) {
        let line = String(decoding: LoggingBootstrap.dropNotice(json: json, node: "edge-7")(7), as: UTF8.self)
        #expect(line.hasPrefix("{") == json && line.hasSuffix("\n"))
        #expect(line.contains(json ? #""dropped_lines":7,"node":"edge-7"}"# : "WARNING log: ") && line.contains("7"))
    }

    /// A pipe that holds as much as it can of what is none of the log.
    private final class FullPipe {
        private let pipe = Pipe()
        private var filling = 0

        var descriptor: CInt { pipe.fileHandleForWriting.fileDescriptor }

        init() throws {
            try #require(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
            let filler = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
            while case let count = write(descriptor, filler, filler.count), count > 0 { filling += count }
            try #require(fcntl(descriptor, F_SETFL, 0) == 0)
        }

        func letFlow() { _ = pipe.fileHandleForReading.readData(ofLength: filling) }

        func lines(_ count: Int) throws -> [String] {
            var bytes = Data()
            while bytes.count(where: { $0 == 10 }) < count {
                bytes += try #require(try pipe.fileHandleForReading.read(upToCount: 1))
            }
            return bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
