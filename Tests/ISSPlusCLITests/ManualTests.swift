import Foundation
import Testing

/// Completions and the manual page: what shells and `man` know of the program.
@Suite struct ManualTests {
  /// A command as the program tells it to tools.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let names: [Name]?
      let valueName: String?
      let shouldDisplay: Bool
    }
    let commandName: String
    let arguments: [Argument]?
    let subcommands: [Command]?
  }

  private struct Told: Decodable { let command: Command }

  private static let page = Folders.root.appending(path: "Manual/issplus.1")

  private func commands() async throws -> [Command] {
    let told = try await Program.run(["--experimental-dump-help"])
    let root = try JSONDecoder().decode(Told.self, from: Data(told.output.utf8)).command
    return (root.subcommands ?? []).filter { $0.commandName != "help" }
  }

  @Test func thePageNamesEveryCommandAndOption() async throws {
    let text = try text(Self.page)
    let commands = try await commands()
    #expect(
      commands.map(\.commandName) == [
        "dump", "request", "catalog", "book", "watch", "record", "decode", "simulate", "demo",
      ])
    for command in commands {
      #expect(text.contains("\n.SS \(command.commandName)\n"), "\(command.commandName)")
      for argument in command.arguments ?? [] where argument.shouldDisplay {
        for name in argument.names ?? [] where name.kind == "long" && !["help", "version"].contains(name.name) {
          let option = "\\fB\\-\\-\(name.name.replacing("-", with: "\\-"))\\fR"
          #expect(text.contains(option), "\(command.commandName) --\(name.name)")
        }
      }
    }
    for status in ["0", "64", "65", "66", "69", "73", "75", "76", "77", "130"] {
      #expect(text.contains("\n\\fB\(status)\\fR\n"), "\(status)")
    }
  }

  /// The page is what the program says of itself now.
  @Test(.enabled(if: Program.isInstalled("python3"), "needs python3"))
  func thePageIsNew() async throws {
    let made = try await Program.shell(".ci/manual \"$issplus\"")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output == (try text(Self.page)), "make it anew: .ci/manual > Manual/issplus.1")
  }

  @Test(.enabled(if: ["man", "groff", "col"].allSatisfy(Program.isInstalled), "needs man, groff and col"))
  func thePageCanBeRead() async throws {
    let shown = try await Program.shell("man -l --warnings=all Manual/issplus.1 | col -b")
    #expect(shown.errors == "")
    #expect(shown.output.contains("issplus watch destination [options]"), "\(shown.output.prefix(2000))")
    #expect(shown.output.contains("--passcode-file file"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) async throws {
    let script = try await Program.run(["--generate-completion-script", shell])
    #expect(script.status == 0 && script.errors == "")
    for command in try await commands() {
      #expect(script.output.contains(command.commandName), "\(command.commandName)")
    }
    for option in ["depth", "sort", "tickers-from", "list-switches"] { #expect(script.output.contains(option)) }
  }

  @Test func bashCompletes() async throws {
    let lines = """
      source <(issplus --generate-completion-script bash) && complete -p issplus
      completed() {
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
        _issplus issplus "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
      }
      completed issplus wat
      completed issplus book --dep
      """
    let result = try await Program.shell(lines)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let words = result.output.split(separator: "\n").map { $0.split(separator: " ").last.map(String.init) ?? "" }
    #expect(words == ["issplus", "watch", "--depth"], "\(result.output)")
  }

  @Test(.enabled(if: Program.isInstalled("zsh"), "needs zsh"))
  func zshLoads() async throws {
    let result = try await Program.shell(
      "\"$issplus\" --generate-completion-script zsh >\"${TMPDIR:-/tmp}/_issplus-$$\"; zsh -n \"${TMPDIR:-/tmp}/_issplus-$$\"; status=$?; rm \"${TMPDIR:-/tmp}/_issplus-$$\"; exit $status"
    )
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
  }

  @Test(.enabled(if: Program.isInstalled("fish"), "needs fish"))
  func fishLoads() async throws {
    let result = try await Program.shell(
      "\"$issplus\" --generate-completion-script fish | fish --no-config -c 'source -; complete -C \"issplus wat\"'")
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.hasPrefix("watch"), "\(result.output)")
  }
}
