@main enum DecimalsFuzzer { static func main() {} }
