@main enum SelectorsFuzzer { static func main() {} }
