import Core
import Foundation
import NIOCore
import Platform

/// Subscribes, prints what comes, checks its sequence, and connects again when the connection is lost, unless the gateway says
/// that the same would not be let in again.
struct StreamFollower {
    let client: WebSocketClient
    let url: WebSocketURL
    /// With the credential, if any.
    let headers: [(String, String)]
    let streams: [String]
    let limit: Int?
    let printsJSON: Bool

    struct NothingAccepted: Error, CustomStringConvertible {
        let description = "none of the streams was accepted"
    }

    /// The gateway has let this client go for good.
    struct LetGo: Error, CustomStringConvertible {
        let reason: String
        var description: String { "\(reason); it does not come back unchanged" }
    }

    /// Whoever reads the output has enough of it, as `head` has.
    private struct OutputClosed: Error {}

    func run() async throws {
        var state = FollowedStreams()
        var wait = Duration.seconds(1)
        var isFirst = true
        while true {
            var asked = Duration.zero
            do {
                if try await follow(&state) { return }
                wait = .seconds(1)
            } catch is OutputClosed {
                return
            } catch let error as WebSocketClientError where !isFirst && !error.isFinal {
                // Wrong from the start is wrong: only what once worked is tried again.
                Self.tell("\(error)")
                asked = error.retryAfter ?? .zero
            }
            isFirst = false
            let pause = max(state.takeWait(at: .now) ?? wait, asked)
            Self.tell("connecting again in \(pause.components.seconds) s")
            try await Task.sleep(for: pause)
            wait = min(wait * 2, .seconds(30))
        }
    }

    /// Follows one connection to its end. True where the limit was reached.
    private func follow(_ state: inout FollowedStreams) async throws -> Bool {
        let (events, continuation) = AsyncStream.makeStream(of: SubscriberConnection.Event.self)
        let text = JSONWriter.object { request in
            request.string("op", "subscribe")
            request.strings("args", streams)
        }
        let channel = try await client.connect(to: url, headers: headers) { _ in
            SubscriberConnection(request: text, continuation: continuation)
        }
        defer { channel.close(promise: nil) }
        state.connected()
        for await event in events {
            switch event {
            case .skipped(let words): Self.tell(words)
            case .closed(let code, let reason):
                guard !ComingBack.isPointless(afterClose: code) else { throw LetGo(reason: reason) }
                Self.tell(reason)
            case .message(let line):
                guard let message = ReceivedMessage(line) else {
                    Self.tell("not a message of the gateway: \(line.prefix(200))")
                    continue
                }
                if try take(message, line, &state) { return true }
            }
        }
        return false
    }

    /// True where the limit was reached.
    private func take(_ message: ReceivedMessage, _ line: String, _ state: inout FollowedStreams) throws -> Bool {
        switch message {
        case .reply(let accepted, let rejections):
            for (argument, reason) in rejections { Self.tell("\(argument): \(reason)") }
            guard !accepted.isEmpty else { throw NothingAccepted() }
            state.begin(accepted)
            Self.tell("subscribed to \(accepted.joined(separator: ", "))")
        case .rejected(let rejections):
            for (argument, reason) in rejections {
                Self.tell("\(argument): \(reason)")
                state.end(argument)
            }
            // The exchange may refuse after the gateway has accepted: with nothing left there is nothing to wait for.
            if state.isEmpty { throw NothingAccepted() }
        case .error(let words):
            Self.tell(words)
            throw NothingAccepted()
        case .goingAway(let wait):
            state.comeBackAt = ContinuousClock.now + wait
            Self.tell("the gateway is going away")
        case .gap(let stream, let from, let to, let reason):
            state.skip(stream, to: to)
            Self.tell("\(stream): messages \(from) to \(to) are missing (\(reason))")
        case .data(let data):
            if let hole = state.follow(data) { Self.tell("\(data.stream): \(hole)") }
            try Self.print(printsJSON ? line : data.line)
            return state.count == limit
        }
        return false
    }

    private static func print(_ line: String) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
        } catch {
            // NIO has the process ignore SIGPIPE, which would have ended it here.
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            guard cause?.domain == NSPOSIXErrorDomain, cause?.code == Int(EPIPE) else { throw error }
            throw OutputClosed()
        }
    }

    private static func tell(_ words: String) {
        try? FileHandle.standardError.write(contentsOf: Data("-- \(words)\n".utf8))
    }
}
