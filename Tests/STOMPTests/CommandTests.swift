import STOMP
import Testing

@Suite struct CommandTests {
  @Test(arguments: Command.Known.allCases) func knownCommands(known: Command.Known) {
    #expect(Command(known.rawValue) == Command(known))
    #expect(Command(known).name == known.rawValue)
    #expect(parse("\(known.rawValue)\n\n\0").frames.first?.command.known == known)
  }

  @Test func unknownCommandsAreKept() {
    #expect(parse("NEWS\n\n\0").frames.first?.command == Command("NEWS"))
    #expect(parse("message\n\n\0").frames.first?.command.known == nil)
    #expect(parse("MESSAGES\n\n\0").frames.first?.command.name == "MESSAGES")
    #expect(parse("НОВОСТИ x\n\n\0").frames.first?.command.name == "НОВОСТИ x")
  }
}
