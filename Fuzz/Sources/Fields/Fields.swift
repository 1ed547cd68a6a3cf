@main enum FieldsFuzzer { static func main() {} }
