import Foundation
import NIOCore
import NIOPosix
import Platform
import Stores
import TestSupport
import Testing

@testable import EdgeNode
@testable import Ingestor

/// Both programs' `/metrics` as Prometheus and its libraries read them, while something happens.
@Suite(.timeLimit(.minutes(5))) struct MetricsPagesTests {
    /// What must have been counted when a client has had messages and has left.
    private static let busyNode = [
        "tidegate_connections_opened_total", "tidegate_connections_closed_total", "tidegate_handshake_seconds",
        "tidegate_publications_received_total", "tidegate_deliveries_total", "tidegate_delivered_bytes_total",
        "tidegate_batch_publications", "tidegate_broker_lag_seconds", "tidegate_fan_out_seconds",
        "tidegate_end_to_end_seconds", "tidegate_event_loop_lag_seconds", "tidegate_history_reads_total",
        "tidegate_messages_received_total", "process_cpu_seconds_total", "process_open_fds", "tidegate_ready",
    ]
    private static let busyIngestor = [
        "tidegate_leader", "tidegate_term", "tidegate_upstream_connected", "tidegate_upstream_topics",
        "tidegate_frames_received_total", "tidegate_publications_sequenced_total", "tidegate_published_total",
        "tidegate_ingest_lag_seconds", "tidegate_demanded_streams", "process_resident_memory_bytes",
    ]

    private static func scrape(_ port: Int) async throws -> [String: Double] {
        let script = URL(filePath: #filePath).appending(path: "../../Python/metrics.py").standardized
        let lines = try await TestPython.run(
            try String(contentsOf: script, encoding: .utf8),
            ["http://127.0.0.1:\(port)/metrics", MeasuredCluster.token]
        )
        return try JSONDecoder().decode([String: Double].self, from: Data(lines.joined().utf8))
    }

    private static func check(
        _ found: [String: Double],
        has families: [MetricFamily],
        absent: Set<String>,
        counted: [String]
    ) {
        let wanted = Set((StoreMetrics.common + families).map(\.name)).subtracting(absent)
        #expect(Set(found.keys).symmetricDifference(wanted) == [], "what is told is what is declared")
        let missing = Set((StoreMetrics.common + families).filter { $0.absence != nil }.map(\.name))
        #expect(absent.isSubset(of: missing), "what is not there says when")
        for name in counted { #expect(found[name] ?? 0 > 0, "\(name)") }
    }

    @Test func bothProgramsAreReadWithoutAComplaint() async throws {
        try await MeasuredCluster.with { cluster in
            let client = WebSocketClient(group: .singletonMultiThreadedEventLoopGroup)
            let collector = StreamCollector(
                requests: [#"{"op":"subscribe","args":["ticker:BTCUSDT","trade:BTCUSDT","depth:50:BTCUSDT"]}"#]
            )
            let connection = try await client.connect(to: WebSocketURL(cluster.node.url)) { _ in collector }
            _ = await collector.texts.elements(atLeast: 20)
            try? await connection.close()
            try await cluster.node.until { cluster.node.clients == 0 }
            // The first heartbeat is on its way.
            while try await status(cluster.node.adminPort, "ready") != 200 {
                try await Task.sleep(for: .milliseconds(5))
            }
            Self.check(
                try await Self.scrape(cluster.node.adminPort),
                has: EdgeReport.ownFamilies,
                absent: [
                    "tidegate_certificate_expiry_timestamp_seconds", "tidegate_key_expiry_timestamp_seconds",
                    "tidegate_revocations_in_force", "tidegate_revocations_heard_total",
                    "tidegate_revocations_refused_total",
                ],
                counted: Self.busyNode
            )
            Self.check(
                try await Self.scrape(cluster.ingestorPort),
                has: IngestorReport.ownFamilies,
                absent: ["tidegate_inbox_messages_total"],
                counted: Self.busyIngestor
            )
        }
    }

    /// Operators' pages are on their port only, and only for who has the token; probes need none.
    @Test func whereThereIsAPortForOperatorsTheirPagesAreThereOnly() async throws {
        try await RunningNode.with {
            $0.adminPort = 0
            $0.adminHost = "127.0.0.1"
            $0.adminToken = OperatorToken(MeasuredCluster.token)
        } _: { node in
            for page in ["live", "health", "ready", "", "stats", "metrics"] {
                let isOpen = !["stats", "metrics"].contains(page)
                let (clients, operators) = (try await status(node.port, page), try await status(node.adminPort, page))
                #expect(
                    isOpen ? clients != 404 && operators == clients : clients == 404 && operators == 401,
                    "/\(page)"
                )
            }
        }
    }

    @Test func withoutOneTheyAreOnTheClientsPort() async throws {
        try await RunningNode.with { (node: RunningNode) async throws in
            for page in ["live", "stats", "metrics"] { #expect(try await status(node.port, page) == 200) }
        }
    }

    private func status(_ port: Int, _ page: String) async throws -> Int {
        let client = HTTPGet(group: .singletonMultiThreadedEventLoopGroup)
        return try await client.ask(HTTPHost("http://127.0.0.1:\(port)"), "/\(page)").status
    }
}
