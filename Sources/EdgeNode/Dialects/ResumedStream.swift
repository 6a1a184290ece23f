import Core

/// What a client that came back is told of one stream.
package struct ResumedStream: Equatable, Sendable {
    /// As the client wrote it; the canonical name where only its token knew the stream.
    var spelling: String
    var outcome: ResumeDecision

    /// The bounds of the log are left out where there is none.
    func write(into json: inout JSONWriter) {
        json.string("stream", spelling)
        switch outcome {
        case .recovered(let from, let to, let count):
            json.bool("recovered", true)
            json.integer("from", from)
            json.integer("to", to)
            json.integer("replayed", count)
        case .notRecovered(let reason, let oldest, let latest):
            json.bool("recovered", false)
            json.string("reason", reason.rawValue)
            if let oldest { json.integer("oldest", oldest) }
            if let latest { json.integer("latest", latest) }
        }
    }
}
