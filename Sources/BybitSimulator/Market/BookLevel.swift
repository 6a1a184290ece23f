/// One price of a book: the price in ticks, the size in lots. A size of 0 occurs in changes only and means deletion.
package struct BookLevel: Equatable, Sendable {
    package var price: Int
    package var size: Int

    package init(price: Int, size: Int) {
        self.price = price
        self.size = size
    }
}
