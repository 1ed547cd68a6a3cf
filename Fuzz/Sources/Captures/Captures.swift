@main enum CapturesFuzzer { static func main() {} }
