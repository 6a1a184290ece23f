import Core

/// The streams that a request names, in the order in which they stand there: strings, or objects with a rate.
///
/// Bounded by `maximumCount`. What makes no sense is an error in words, and the rest of the list is read all the same:
/// only what is not JSON ends the reading of a request.
struct StreamList {
    /// No limit on subscriptions is higher.
    static let maximumCount = 10_000

    struct Element {
        var spelling: String
        var maxRate: Double?
    }

    private(set) var elements: [Element] = []
    private(set) var error: String?

    /// Reads the next value, which must be an array.
    init(_ cursor: inout JSONCursor) throws(JSONError) {
        guard try cursor.peek() == .array else {
            error = "Streams must be an array of strings"
            try cursor.skip()
            return
        }
        var list: [Element] = []
        var error: String?
        try cursor.array { (cursor) throws(JSONError) in
            guard list.count < Self.maximumCount else {
                error = "Max \(Self.maximumCount) streams in one request"
                return try cursor.skip()
            }
            switch try cursor.peek() {
            case .string:
                guard let text = try cursor.string().decoded else { throw JSONError(.badString, at: cursor.position) }
                list.append(Element(spelling: text))
            case .object:
                if let element = try Self.readObject(&cursor) {
                    list.append(element)
                } else {
                    error = #"A stream object needs "stream", and a "maxRate" above 0 if any"#
                }
            default:
                error = "Streams must be strings or objects"
                try cursor.skip()
            }
        }
        self.elements = list
        self.error = error
    }

    func arguments(in dialect: DialectID, _ catalog: any StreamCatalog) -> [StreamArgument] {
        elements.map { StreamArgument($0.spelling, dialect: dialect, maxRate: $0.maxRate, in: catalog) }
    }

    /// `{"stream":"ticker:BTCUSDT","maxRate":2}`; nil where it makes no sense.
    private static func readObject(_ cursor: inout JSONCursor) throws(JSONError) -> Element? {
        var stream: String?
        var maxRate: Double?
        var isValid = true
        try cursor.object { (key, cursor) throws(JSONError) in
            let kind = try cursor.peek()
            if key.equals("stream"), kind == .string {
                stream = try cursor.string().decoded
            } else if key.equals("maxRate") {
                let rate = Double(String(decoding: try cursor.rawValue(), as: UTF8.self))
                isValid = kind == .number && (rate ?? 0) > 0 && (rate ?? 0) <= 10_000
                maxRate = rate
            } else {
                try cursor.skip()
            }
        }
        guard isValid, let stream else { return nil }
        return Element(spelling: stream, maxRate: maxRate)
    }
}
