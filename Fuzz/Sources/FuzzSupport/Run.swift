import CFuzz

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Gives the process to libFuzzer, which reads the arguments and calls `one` for each input.
public func runFuzzer(_ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32) -> Never {
  var count = CommandLine.argc
  var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
  exit(withUnsafeMutablePointer(to: &arguments) { LLVMFuzzerRunDriver(&count, $0, one) })
}

/// A difference between the code and its model: the input is kept by libFuzzer as a crash.
public func difference(_ what: String, _ one: Any = "", _ other: Any = "") -> Never {
  let text = Array("\nDIFFERENCE: \(what)\n  one:   \(one)\n  other: \(other)\n".utf8)
  _ = write(2, text, text.count)
  abort()
}

/// Stops with a difference unless the condition holds; texts are made only then.
@inline(__always)
public func expect(
  _ condition: Bool, _ what: StaticString, _ one: @autoclosure () -> Any = "", _ other: @autoclosure () -> Any = ""
) {
  if !condition { difference("\(what)", one(), other()) }
}
