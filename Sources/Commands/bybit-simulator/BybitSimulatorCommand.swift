import ArgumentParser
import SimulateCommand

/// `bybit-simulator`: `tidegate simulate` as a program of its own, without the libraries that the stores need.
@main
enum BybitSimulatorCommand {
    static func main() async { await SimulateCommand.main() }
}
