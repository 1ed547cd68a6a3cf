import ArgumentParser

/// A command that a later version brings: it says so and exits 64.
struct LaterWatch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "A table on a terminal; comes with a later version.", shouldDisplay: false)
  @Argument(parsing: .allUnrecognized, help: .hidden) var rest: [String] = []

  func run() throws {
    StandardError.say("`watch` comes with a later version")
    throw ExitCode(ExitStatus.usage.rawValue)
  }
}
