import Foundation
import Testing

@testable import Shared

@Suite struct FileDescriptorSinkTests {
    @Test func linesOfManyThreadsComeOutWhole() throws {
        let pipe = Pipe()
        let sink = FileDescriptorSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        // Longer than what a pipe holds, so that only the sink's lock can keep them whole. Threads and not tasks:
        // a blocked write would take a thread of the task pool, and in the end there would be one writer.
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

    @Test func aDescriptorThatTakesNothingCostsALineAndNotTheProcess() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        try #require(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
        let sink = FileDescriptorSink(descriptor: descriptor)
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000) + [10]
        sink.emit(long)
        #expect(sink.droppedLines == 1)
        sink.emit(Array("lost\n".utf8))
        #expect(sink.droppedLines == 2)

        // What was cut ends where it was cut: the next line that fits begins on a line of its own.
        _ = pipe.fileHandleForReading.readData(ofLength: 1 << 16)
        sink.emit(Array("kept\n".utf8))
        #expect(sink.droppedLines == 2)
        try pipe.fileHandleForWriting.close()
        let rest = try pipe.fileHandleForReading.readToEnd() ?? Data()
        #expect(String(decoding: rest, as: UTF8.self).hasSuffix("\nkept\n"))
    }
}
