@main enum ConnectedFuzzer { static func main() {} }
