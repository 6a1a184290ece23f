/// The same figure of several rounds: its median, with the lowest and the highest beside it. There must be one at least.
struct Spread: CustomStringConvertible {
    private let sorted: [Double]
    private let digits: Int

    /// - Parameter digits: Behind the point, where it is written.
    init(_ values: [Double], digits: Int = 0) {
        precondition(!values.isEmpty, "a spread of nothing")
        sorted = values.sorted()
        self.digits = digits
    }

    var median: Double { sorted[sorted.count / 2] }

    var description: String {
        "\(text(median)) (from \(text(sorted[0])) to \(text(sorted[sorted.count - 1])))"
    }

    private func text(_ value: Double) -> String {
        let shift = (0..<digits).reduce(1.0) { shift, _ in shift * 10 }
        return digits == 0 ? "\(Int(value.rounded()))" : "\((value * shift).rounded() / shift)"
    }
}
