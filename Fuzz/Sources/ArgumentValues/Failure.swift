/// In the place of the command line's own, which brings the rest of it along. Only the writing of rotated files throws it,
/// and that is no fuzzer's.
struct Failure: Error {
  enum Status { case unwritable }
  let message: String

  init(_ status: Status, _ message: String) { self.message = message }
}
