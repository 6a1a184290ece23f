/// How a trade's price stands to the one before.
package enum TickDirection: String, Sendable {
    case plus = "PlusTick"
    case zeroPlus = "ZeroPlusTick"
    case minus = "MinusTick"
    case zeroMinus = "ZeroMinusTick"

    package func after(change: Int) -> TickDirection {
        if change > 0 { return .plus }
        if change < 0 { return .minus }
        return self == .plus || self == .zeroPlus ? .zeroPlus : .zeroMinus
    }
}
