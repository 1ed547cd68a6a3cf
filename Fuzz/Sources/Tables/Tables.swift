@main enum TablesFuzzer { static func main() {} }
