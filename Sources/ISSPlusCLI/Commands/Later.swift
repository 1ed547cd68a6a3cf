import ArgumentParser

/// Commands that a later version brings: they say so and exit 64.
let laterCommands: [any ParsableCommand.Type] = [
  LaterDump.self, LaterRequest.self, LaterBook.self, LaterWatch.self, LaterRecord.self, LaterSimulate.self,
  LaterDemo.self,
]

/// A command that is not there yet.
protocol LaterCommand: ParsableCommand {
  static var name: String { get }
}

extension LaterCommand {
  static var configuration: CommandConfiguration { CommandConfiguration(commandName: name, shouldDisplay: false) }

  func run() throws {
    StandardError.say("`\(Self.name)` comes with a later version")
    throw ExitCode(ExitStatus.usage.rawValue)
  }
}

struct LaterDump: LaterCommand {
  static let name = "dump"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct LaterRequest: LaterCommand {
  static let name = "request"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct LaterBook: LaterCommand {
  static let name = "book"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct LaterWatch: LaterCommand {
  static let name = "watch"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct LaterRecord: LaterCommand {
  static let name = "record"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct LaterSimulate: LaterCommand {
  static let name = "simulate"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}

struct LaterDemo: LaterCommand {
  static let name = "demo"
  @Argument(parsing: .allUnrecognized) var rest: [String] = []
}
