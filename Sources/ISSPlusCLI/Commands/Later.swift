import ArgumentParser

/// A command that a later version brings: it says so and exits 64.
struct LaterWatch: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "watch", shouldDisplay: false)
  @Argument(parsing: .allUnrecognized) var rest: [String] = []

  func run() throws {
    StandardError.say("`watch` comes with a later version")
    throw ExitCode(ExitStatus.usage.rawValue)
  }
}
