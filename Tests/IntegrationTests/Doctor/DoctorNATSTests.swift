import Doctor
import Platform
import Testing

extension NATSIntegration {
    @Suite("The doctor finds out what NATS is")
    struct DoctorNATSTests {
        @Test func aServerThatRunsIsFine() async throws {
            try await NATSServer.with { server in
                let environment = ["BROKER_URL": "nats://127.0.0.1:\(server.port)", "HISTORY_URL": "none"]
                let report = try await examine(environment)
                #expect(report.has(.fine, "broker", "came back"), "\(report.text)")
                #expect(report.has(.fine, "nats", "is nats-server "), "\(report.text)")
                #expect(report.has(.note, "stores", "there is no history"), "\(report.text)")
                #expect(report.has(.warning, "nodes", "no node that takes clients"), "\(report.text)")
            }
        }

        /// A user who may hear and not say, or a server that is none.
        @Test func whoMayNotPublishIsTold() async throws {
            let permissions = """
                authorization {
                  users: [{user: "deaf", password: "x", permissions: {publish: {deny: ">"}}}]
                }
                """
            try await NATSServer.with(permissions) { server in
                let environment = ["BROKER_URL": "nats://deaf:x@127.0.0.1:\(server.port)", "HISTORY_URL": "none"]
                let report = try await examine(environment, patience: .seconds(5))
                #expect(report.has(.problem, "broker", "did not come back"), "\(report.text)")
                #expect(report.has(.fine, "nats", "is nats-server "), "\(report.text)")
                #expect(!report.text.contains("deaf:x"))
            }
        }

        @Test func aPasswordThatIsRefusedIsTold() async throws {
            let users = #"authorization { users: [{user: "u", password: "right"}] }"#
            try await NATSServer.with(users) { server in
                let environment = ["BROKER_URL": "nats://u:hidden@127.0.0.1:\(server.port)", "HISTORY_URL": "none"]
                let report = try await examine(environment, patience: .seconds(5))
                #expect(report.has(.problem, "broker", "Authorization Violation"), "\(report.text)")
                #expect(report.findings("broker").first?.advice?.contains("NATS_CREDENTIALS") == true)
                for check in ["ingestor", "nodes", "health"] {
                    #expect(report.has(.note, check, "the broker is away"), "\(report.text)")
                }
                #expect(!report.text.contains("hidden"))
            }
        }

        @Test func aServerThatIsAwayIsNamed() async throws {
            let environment = ["BROKER_URL": "nats://127.0.0.1:1", "HISTORY_URL": "none"]
            let report = try await examine(environment, patience: .seconds(5))
            #expect(report.has(.problem, "nats", "nats://127.0.0.1:1: Connection refused"), "\(report.text)")
            #expect(report.grades("broker") == [.problem], "\(report.text)")
        }

        @Test func whatIsNoNATSIsNot() async throws {
            try await KeyServer.with(.text("{}")) { server in
                let environment = ["BROKER_URL": "nats://127.0.0.1:\(server.port)", "HISTORY_URL": "none"]
                let report = try await examine(environment, patience: .seconds(5))
                #expect(report.has(.problem, "nats", "no greeting in time"), "\(report.text)")
            }
        }
    }
}
