import Composition
import NATSStores
import Platform

/// Each NATS server of the address: whether it greets, and how old it is.
struct NATSCheck: Check {
    let name = "nats"

    func findings(in surroundings: Surroundings) async -> [Finding] {
        guard let addresses = try? StoreAddresses(surroundings.settings, for: surroundings.program),
            case .nats(let address) = addresses.broker,
            let configuration = try? NATSConfiguration(address: address.text)
        else { return [] }
        let place = surroundings.place(Settings.Stores.brokerURL)
        var findings: [Finding] = []
        var versions: Set<String> = []
        // Without the login.
        for server in configuration.description.split(separator: ",") {
            do {
                let greeting = try await NATSGreeting.read(from: server, surroundings)
                versions.insert(greeting.version)
                findings.append(Finding(.fine, "\(server) is nats-server \(greeting.version)", at: place))
                if let maximum = greeting.maximumPayload, maximum < 1 << 20 {
                    let advice = "max_payload: 1MB in the server's file, where books or lists are longer"
                    let words = "\(server) takes messages of \(maximum) bytes at most"
                    findings.append(Finding(.note, words, at: place, advice: advice))
                }
            } catch {
                let grade: Finding.Grade = configuration.description.contains(",") ? .warning : .problem
                let advice = "look whether nats-server runs there, and can be reached from here"
                findings.append(Finding(grade, "\(server): \(NetworkFailure.words(error))", at: place, advice: advice))
            }
        }
        if versions.count > 1 {
            let words = "the servers are of different versions: \(versions.sorted().joined(separator: ", "))"
            findings.append(Finding(.note, words, at: place, advice: "bring them to one"))
        }
        return findings
    }
}
