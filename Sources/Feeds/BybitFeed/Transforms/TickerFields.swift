import Core

/// What one frame says of a ticker. Valid only as long as the frame's bytes.
struct TickerFields {
    /// By `TickerField`; nil where the frame says nothing, or nothing that can be read.
    private(set) var values = [JSONScalar?](repeating: nil, count: TickerField.allCases.count)
    /// Of the first field that could not be read.
    private(set) var failure: JSONError?
    private let isSnapshot: Bool

    init(isSnapshot: Bool) {
        self.isSnapshot = isSnapshot
    }

    /// Throws where nothing can be used, or where the ticker is another symbol's.
    mutating func read(_ data: JSONCursor, symbol: String) throws(JSONError) {
        var cursor = data
        var unreadable: [TickerField] = []
        try cursor.object { (key, cursor) throws(JSONError) in
            if let field = TickerField(key) {
                let beginning = cursor
                do throws(JSONError) {
                    values[field.rawValue] = try value(of: field, &cursor)
                } catch {
                    failure = failure ?? error
                    unreadable.append(field)
                    cursor = beginning
                    _ = try cursor.uncheckedValue()
                }
            } else if key.equals("symbol") {
                guard try cursor.plainString() == symbol else { throw JSONError(.wrongType, at: cursor.position) }
            } else {
                try cursor.skip()
            }
        }
        for field in unreadable { drop(field) }
        guard isSnapshot || failure != nil else { return }
        guard values.contains(where: { $0 != nil }) else {
            throw failure ?? JSONError(.missingField, at: cursor.position)
        }
        guard isSnapshot, values[TickerField.lastPrice.rawValue] == nil else { return }
        values[TickerField.lastPrice.rawValue] = .empty
    }

    /// Any field may be empty: dated futures have no funding, a new contract has no price. `null` says the same in a
    /// whole state; in a change it may as well mean that nothing has changed.
    private func value(of field: TickerField, _ cursor: inout JSONCursor) throws(JSONError) -> JSONScalar {
        if isSnapshot, try cursor.skipNull() { return .empty }
        return try field == .tickDirection ? cursor.word() : cursor.decimal()
    }

    /// Price and size travel together: with one of them unreadable, the other would make a quote that never was.
    private mutating func drop(_ field: TickerField) {
        values[field.rawValue] = nil
        if field.isPrice { values[field.rawValue + 1] = nil }
        if field.isSize { values[field.rawValue - 1] = nil }
    }
}
