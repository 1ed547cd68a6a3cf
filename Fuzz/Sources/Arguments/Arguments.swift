@main enum ArgumentsFuzzer { static func main() {} }
