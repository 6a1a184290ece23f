import Core

extension BybitDataFrame {
    /// Reads the elements of an array one by one: a bad one costs itself, and where even its end can't be found, what
    /// follows it. `element` must leave nothing behind when it throws. Answers the first error, nil where all was well,
    /// and whether the array broke off.
    func forEachElement(
        _ element: (inout JSONCursor) throws(JSONError) -> Void
    ) -> (failure: JSONError?, isCut: Bool) {
        var failure: JSONError?
        var cursor = data
        do throws(JSONError) {
            try cursor.array { (cursor) throws(JSONError) in
                let start = cursor
                do throws(JSONError) {
                    try element(&cursor)
                } catch {
                    failure = failure ?? error
                    cursor = start
                    _ = try cursor.uncheckedValue()
                }
            }
        } catch {
            return (failure ?? error, true)
        }
        return (failure, false)
    }
}
