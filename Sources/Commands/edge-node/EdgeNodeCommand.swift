@main
enum EdgeNodeCommand {
    static func main() {}
}
