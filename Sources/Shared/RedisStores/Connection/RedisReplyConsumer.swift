/// Takes what comes over one connection. Every call is on the connection's event loop.
protocol RedisReplyConsumer: AnyObject {
    func received(_ reply: RESPValue)
    /// Nothing more is to be read for now: the moment to hand on what came in this read.
    func readCompleted()
    /// The last call.
    func closed(_ error: RedisError)
}
