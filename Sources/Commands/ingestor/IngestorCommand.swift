@main
enum IngestorCommand {
    static func main() {}
}
