/// A setting that has another name now. Whoever still gives the old one is told so and the program does not start: under its
/// old name it would silently not hold.
package struct RenamedSetting: Sendable {
    let old: String
    let new: String
    /// What is different about it, beside the name.
    let difference: String

    /// Names are told as they are written at that place: in capitals, or in a file in lower case.
    func reason(inFile: Bool) -> String {
        "is called \(inFile ? new.lowercased() : new) now, \(difference); give that one in its place"
    }
}
