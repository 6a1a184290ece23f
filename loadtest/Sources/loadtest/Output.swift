import ArgumentParser
import Foundation
import LoadGenerator

/// Where a result goes, and what the process ends with: 0 for a clean result, 2 for one with problems (told in it), 1
/// where there was nothing to measure, 130 where the person at the keyboard ended it.
struct Output {
    /// A file, or `-` for standard output.
    let json: String?

    func tell(_ measure: () async throws -> LoadReport) async throws {
        let report = try await Self.orExit(measure)
        try write(table: report.table, json: report.json())
        if report.isInterrupted { throw ExitCode(130) }
        if !report.problems.isEmpty { throw ExitCode(2) }
    }

    /// What kept it from measuring is said in one line.
    static func orExit<Report>(_ measure: () async throws -> Report) async throws -> Report {
        do {
            return try await measure()
        } catch {
            StandardError.write(line: "loadtest: \(error)")
            throw ExitCode(1)
        }
    }

    func write(table: String, json text: String) throws {
        if json == "-" {
            StandardError.write(line: table)
            print(text)
        } else {
            print(table)
            if let json { try (text + "\n").write(toFile: json, atomically: true, encoding: .utf8) }
        }
    }
}
