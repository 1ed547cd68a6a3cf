@main enum MessagesFuzzer { static func main() {} }
