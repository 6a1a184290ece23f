import ArgumentParser
import Doctor
import NIOCore
import NIOPosix
import Platform

/// `tidegate doctor`: looks at a configuration and all that it leads to, and says what is wrong.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check settings and what they lead to: say what is wrong, where, and what would be right.",
        discussion: """
            Give the settings that the program has (environment, TIDEGATE_CONFIG, TIDEGATE_DOCUMENT), on the machine that it \
            runs on, and say with --for which it is. It looks at the document, who is let in, certificates, open files, the \
            kernel's backlog, the broker (a message to itself must come back), Redis, NATS, clocks, the exchange, the keys \
            for tokens, the auth service, the leading ingestor, and every node that announces itself over the broker, for \
            which it listens 6 s. It changes nothing. Ends with status 0: no problem; 1: a problem; 2: the settings, what \
            they name or the document are wrong, so that the program would not start.
            """
    )

    @Option(
        name: .customLong("for"),
        help: "Whose settings they are: edge-node, ingestor or standalone.",
        transform: { text in
            guard let program = Program(rawValue: text) else {
                throw ValidationError("give one of \(Program.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return program
        }
    )
    var program = Program.standalone

    @Flag(help: "Print one JSON object in the place of words.")
    var json = false

    @Flag(help: "End with status 1 for a warning too.")
    var strict = false

    @Option(help: "How many seconds each that is asked may take for its answer.")
    var timeout = 5.0

    func validate() throws {
        guard (0.1...60).contains(timeout) else { throw ValidationError("--timeout must be 0.1 to 60") }
    }

    func run() async throws {
        let report = await examine()
        print(json ? String(buffer: report.json(isStrict: strict)) : report.text)
        throw ExitCode(report.status(isStrict: strict))
    }

    private func examine() async -> Report {
        let settings: ResolvedSettings
        do {
            settings = try await ConfigurationLoader.load(for: program)
        } catch {
            return Examination.report(of: error, for: program)
        }
        let surroundings = Surroundings(
            settings,
            patience: .seconds(timeout),
            group: MultiThreadedEventLoopGroup.singleton
        )
        let report = await Examination.run(in: surroundings)
        await surroundings.close()
        return report
    }
}
