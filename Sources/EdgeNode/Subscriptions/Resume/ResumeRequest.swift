import Core

/// What a client asks for that comes back: streams, and where it stood in them.
///
/// Each stream is wanted once, however often and in how many spellings it stands in the request: of the list the last
/// spelling counts, of positions the last one, and a position of its own wins over `lastSequence`. First comes what is
/// listed, then what only has a position, then what only the token knows. Names that are none are kept as they are, to
/// be rejected.
package struct ResumeRequest: Equatable, Sendable {
    struct Wanted: Equatable, Sendable {
        var argument: StreamArgument
        /// Nil where the client has no position: then nothing can be recovered.
        var claim: ResumeClaim?
        /// In which the data shall come; nil for the dialect of the request.
        var dialect: DialectID?
        /// As its token says.
        var tellsTimes = false
    }

    private(set) var wanted: [Wanted] = []
    /// As sent; not checked.
    let token: String?
    /// Where a stream stands in `wanted`.
    private var indices: [StreamName: Int] = [:]

    /// - Parameter lastSequence: The position of each stream of the list.
    init(
        listed: [StreamArgument],
        lastSequence: UInt64? = nil,
        positions: [(argument: StreamArgument, claim: ResumeClaim)] = [],
        token: String? = nil
    ) {
        self.token = token
        let claim = lastSequence.map { ResumeClaim(epoch: nil, sequence: $0) }
        for argument in listed {
            if let index = index(of: argument) {
                wanted[index].argument = argument
            } else {
                append(Wanted(argument: argument, claim: claim))
            }
        }
        let listedCount = wanted.count
        for (argument, claim) in positions {
            guard let index = index(of: argument) else {
                append(Wanted(argument: argument, claim: claim))
                continue
            }
            wanted[index].claim = claim
            // A stream of the list keeps the spelling and the rate of the list.
            if index >= listedCount { wanted[index].argument = argument }
        }
    }

    /// With the subscriptions of its token: what the request says of a stream counts, what it does not say the token
    /// does. Streams that only the token knows come back in the dialect that they had, under their canonical names.
    func completed(by token: ResumeToken, in catalog: any StreamCatalog) -> ResumeRequest {
        var result = self
        for subscription in token.subscriptions {
            let claim = subscription.position.map { ResumeClaim(epoch: $0.epoch, sequence: $0.sequence) }
            if let index = result.indices[subscription.stream] {
                result.wanted[index].claim = result.wanted[index].claim ?? claim
                let rate = result.wanted[index].argument.maxRate
                result.wanted[index].argument.maxRate = rate ?? subscription.maxRate
                if subscription.tellsTimes { result.wanted[index].tellsTimes = true }
            } else {
                let argument = StreamArgument(subscription.stream, maxRate: subscription.maxRate, in: catalog)
                result.append(
                    Wanted(
                        argument: argument,
                        claim: claim,
                        dialect: subscription.dialect,
                        tellsTimes: subscription.tellsTimes
                    )
                )
            }
        }
        return result
    }

    private func index(of argument: StreamArgument) -> Int? {
        guard case .success(let stream) = argument.stream else { return nil }
        return indices[stream.name]
    }

    private mutating func append(_ item: Wanted) {
        if case .success(let stream) = item.argument.stream { indices[stream.name] = wanted.count }
        wanted.append(item)
    }
}
