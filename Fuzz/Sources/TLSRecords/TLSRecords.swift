@main enum TLSRecordsFuzzer { static func main() {} }
