/// A reader does not do what it promises of every input, with what that is.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String

    static func unless(_ isKept: Bool, _ promise: @autoclosure () -> String) throws {
        if !isKept { throw BrokenPromise(description: promise()) }
    }
}
