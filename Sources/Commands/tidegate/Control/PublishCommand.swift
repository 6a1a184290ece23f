import ArgumentParser
import Composition
import Core
import NIOCore
import Platform
import Stores

/// `tidegate publish`: one message, or one for each line, to the ingestor's inbox.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish on a stream of a running gateway what standard input says.",
        discussion: """
            STREAM is a canonical name: orders.user123, or one of a kind that the document names. Standard input is one \
            JSON value, or with --lines one on each line. It is signed under CONTROL_KEY and goes over the broker, so give \
            the settings that the gateway has (BROKER_URL or REDIS_URL, BRAND, CONTROL_KEY). When the leading ingestor has \
            numbered and kept a message its position is printed. Ends with status 0 when all are; 1: the broker can't be \
            reached; 2: wrong settings; 3: refused, and nothing published; 4: no ingestor takes it, and nothing published; \
            5: not acknowledged, so it may have been published or not.
            """
    )

    @Argument(help: "Where to publish.")
    var stream: String

    @Flag(help: "Each line of standard input is a message; empty ones are passed over.")
    var lines = false

    @Flag(help: "The data is the whole state of the stream, not a change to it.")
    var snapshot = false

    @Option(help: "How many seconds the ingestor may take for each message.")
    var timeout = 10.0

    func validate() throws {
        guard (0.1...60).contains(timeout) else { throw ValidationError("--timeout must be 0.1 to 60") }
    }

    func run() async throws {
        try await ControlConnection.run("publish") { connection in
            guard (try? StreamName(canonical: stream)) != nil else {
                throw ControlFailure.refused("'\(stream)' is no name of a stream, like orders.user123")
            }
            try await publish(over: connection)
        }
    }

    private func publish(over connection: ControlConnection) async throws {
        let client = InboxClient(broker: connection.stores.broker, signer: connection.signer)
        let publisher = InboxPublisher(client: client, stream: stream, isSnapshot: snapshot, limit: .seconds(timeout))
        let heard: Void? = try await client.listening(within: .seconds(timeout)) {
            try await publisher.begin()
            if lines {
                try await publishLines(publisher)
            } else {
                var input = StandardInput(maximumLength: InboxPublication.maximumDataLength)
                try await publisher.publish(input.readAll())
            }
        }
        guard heard != nil else {
            throw ControlFailure.unreachable(
                "the broker can't be reached: \(client.outage ?? "it does not answer"). Nothing was published"
            )
        }
    }

    private func publishLines(_ publisher: InboxPublisher) async throws {
        var input = StandardInput(maximumLength: InboxPublication.maximumDataLength)
        var number = 0
        var published = 0
        while let line = input.readLine() {
            number += 1
            guard line.readableBytes > 0 else { continue }
            do {
                try await publisher.publish(line)
                published += 1
            } catch let failure as ControlFailure {
                throw failure.behind("line \(number), after \(published) that were acknowledged")
            }
        }
    }
}
