import Core
import Logging

extension JSONWriter {
    /// Numbers and booleans stay what they are, so that a log store can compare and sum them.
    mutating func metadata(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): string(text)
        case .stringConvertible(let value): convertible(value)
        case .array(let values): array(values) { $0.metadata($1) }
        case .dictionary(let metadata):
            object { json in
                for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                    json.key(key)
                    json.metadata(value)
                }
            }
        }
    }

    private mutating func convertible(_ value: any CustomStringConvertible) {
        switch value {
        case is any BinaryInteger, is Bool: raw(text: value.description)
        case let number as Double where number.isFinite: raw(text: number.description)
        default: string(value.description)
        }
    }
}
