import Testing

/// What people deploy the programs with: manifests, alert rules, dashboards, units, compose.yaml, and the documents for operators.
@Suite struct DeploymentTests {
    @Test(
        "What is deployed is taken by the tools that read it, and names settings, pages, ports and metrics that exist",
        .timeLimit(.minutes(15))
    )
    func deployment() async throws {
        try await Scenario.run { scenario in
            try await scenario.run(client: "deployment.py", [], within: .seconds(120))
        }
    }
}
