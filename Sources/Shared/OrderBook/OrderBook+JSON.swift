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
    /// Reads `[["83024.60","0.5"],…]`, at most 10,000 levels.
    package mutating func levels(_ body: (PriceLevel) -> Void) throws(JSONError) {
        var count = 0
        try array { (cursor) throws(JSONError) in
            var fields: (price: String?, size: String?) = (nil, nil)
            try cursor.array { (cursor) throws(JSONError) in
                let text = try cursor.decimalString()
                guard fields.size == nil else { throw JSONError(.wrongType, at: cursor.position) }
                if fields.price == nil { fields.price = text } else { fields.size = text }
            }
            let price = try cursor.require(fields.price)
            let size = try cursor.require(fields.size)
            count += 1
            guard count <= 10_000, !size.isEmpty, let level = PriceLevel(price: price, size: size) else {
                throw JSONError(.wrongType, at: cursor.position)
            }
            body(level)
        }
    }
}
