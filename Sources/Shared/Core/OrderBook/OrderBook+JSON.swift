import NIOCore

/// Reading a depth publication's `data` back: how an edge node makes a snapshot for those that join late.
extension OrderBook {
    /// Applies `{"symbol":…,"bids":[[price,size]…],"asks":[…],"updateId":n}`; a snapshot replaces the book.
    package mutating func apply(json data: ByteBuffer, isSnapshot: Bool) throws(JSONError) {
        var book = self
        if isSnapshot { book.removeAll() }
        let outcome = data.withUnsafeReadableBytes { bytes in
            Result { () throws(JSONError) in
                var cursor = JSONCursor(bytes)
                try cursor.object { (key, cursor) throws(JSONError) in
                    if key.equals("bids") {
                        try cursor.levels { book.apply(bid: $0) }
                    } else if key.equals("asks") {
                        try cursor.levels { book.apply(ask: $0) }
                    } else if key.equals("updateId") {
                        book.updateID = try cursor.integer()
                    } else {
                        try cursor.skip()
                    }
                }
            }
        }
        try outcome.get()
        self = book
    }
}

extension JSONCursor {
    /// Reads `[["83024.60","0.5"],…]`, at most 10,000 levels. What stands behind price and size of a level is passed over.
    package mutating func levels(_ body: (PriceLevel) -> Void) throws(JSONError) {
        var count = 0
        try array { (cursor) throws(JSONError) in
            var price: String?
            var size: String?
            try cursor.array { (cursor) throws(JSONError) in
                if price == nil {
                    price = try cursor.nonEmptyDecimal().text
                } else if size == nil {
                    size = try cursor.nonEmptyDecimal().text
                } else {
                    try cursor.skip()
                }
            }
            count += 1
            guard count <= 10_000,
                let level = PriceLevel(price: try cursor.require(price), size: try cursor.require(size))
            else { throw JSONError(.wrongType, at: cursor.position) }
            body(level)
        }
    }
}
