import Foundation

/// Where what these tests run is: the executables built beside the test bundle, the Python scripts, and their Python.
enum BuiltProducts {
    /// The folder of the running test executable, whatever started it.
    private static let folder: URL = {
        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: path ?? CommandLine.arguments[0]).deletingLastPathComponent()
    }()

    /// `Tests/EndToEndTests/Support/BuiltProducts.swift` is four levels below it.
    static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func executable(_ name: String) throws -> String {
        let path = folder.appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw MissingProduct(path: path, advice: "make test")
        }
        return path
    }

    static func script(_ name: String) -> String {
        packageRoot.appendingPathComponent("Tests/EndToEndTests/Python/\(name)").path
    }

    /// The virtual environment's Python. Where it is missing that is a failure and not a reason to skip: without the
    /// clients nothing here is tested.
    static func python() throws -> String { try tool("python") }

    /// A program of the virtual environment (`Tests/requirements.txt`).
    static func tool(_ name: String) throws -> String {
        let path = packageRoot.appendingPathComponent(".build/venv/bin/\(name)").path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw MissingProduct(path: path, advice: "make test, or scripts/bootstrap test")
        }
        return path
    }

    struct MissingProduct: Error, CustomStringConvertible {
        let path: String
        let advice: String
        var description: String { "\(path) is missing: run \(advice)" }
    }
}
