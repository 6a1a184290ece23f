import Core
import Logging
import NIOCore
import Platform

/// A client that comes back, and what it is given to come back with.
extension ClientConnection {
    func resume(_ resume: ResumeRequest, _ request: ClientRequest) {
        do throws(ResumeTokenError) {
            var resume = resume
            if let token = resume.token {
                let now = WallClock.milliseconds()
                resume = resume.completed(by: try shard.tokens.open(token, user: "", at: now), in: shard.hub.catalog)
            }
            begin(.resume, resume.wanted, request)
        } catch {
            shard.hub.logger.log(.info, key: "resume token", "refused a resume token", metadata: ["error": "\(error)"])
            send(.error(error.clientError), in: request.dialect, id: request.id)
        }
    }

    /// A token for what this connection is subscribed to, at what was written to it so far, and with it `wanted` at `positions`;
    /// nil where that is nothing, or too much for a token.
    func resumeToken(
        adding wanted: [PendingSubscribe.Wanted] = [],
        at positions: [StreamName: Position] = [:]
    ) -> String? {
        var list: [StreamName: ResumeToken.Subscription] = [:]
        for subscription in subscriptions.values {
            list[subscription.stream] = ResumeToken.Subscription(
                stream: subscription.stream,
                dialect: subscription.variant.dialect,
                maxRate: subscription.maxRate,
                position: shard.position(of: subscription)
            )
        }
        for item in wanted {
            list[item.stream] = ResumeToken.Subscription(
                stream: item.stream,
                dialect: item.variant.dialect,
                maxRate: item.argument.maxRate,
                position: positions[item.stream]
            )
        }
        guard !list.isEmpty else { return nil }
        return shard.tokens.issue(user: "", subscriptions: Array(list.values), at: WallClock.milliseconds())
    }
}
