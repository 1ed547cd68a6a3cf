/// A reader that waits for what comes next, as one reference.
///
/// How large a continuation is the compiler does not know: an optional one beside other values was moved by calls into
/// the runtime, for each packet.
final class Waiter<Value: Sendable, Failure: Error>: Sendable {
  private let continuation: CheckedContinuation<Value, Failure>

  init(_ continuation: CheckedContinuation<Value, Failure>) { self.continuation = continuation }

  /// Gives it what it waits for; once.
  func resume(returning value: Value) { continuation.resume(returning: value) }

  /// Gives it an error; once.
  func resume(throwing error: Failure) { continuation.resume(throwing: error) }
}
