import Foundation
import Testing

/// Options, commands and their exit statuses (cli.md).
@Suite struct UsageTests {
  static let book = "Fixtures/conversations/recorded-2024-07-01.stomp"

  @Test(
    arguments: [
      ([], "Missing expected argument '<file> ...'"),
      ([book, "--nonsense"], "Unknown option '--nonsense'"),
      ([book, "--format", "xml"], "The value 'xml' is invalid for '--format"),
      ([book, "--columns", "PRICE,PRICE"], "--columns names a column twice"),
      ([book, "--columns", "PRICE,"], "--columns takes names separated by commas, none of them empty"),
      ([book, "--columns", "VOLUME"], "no column VOLUME; there are BUYSELL, PRICE, QUANTITY, REPOVALUE"),
      ([book, "--columns", "VOLUME", "--snapshot"], "no column VOLUME; there are BUYSELL, PRICE, QUANTITY, REPOVALUE"),
      ([book, "--summary", "--snapshot"], "--summary and --snapshot exclude each other"),
      (["-", "-"], "- can be given once"),
      ([book, "--at", "2023-02-29T00:00:00Z"], "The value '2023-02-29T00:00:00Z' is invalid for '--at"),
      ([book, "--from", "2024-07-01T09:18:53"], "The value '2024-07-01T09:18:53' is invalid for '--from"),
      ([book, "--to", "2024-07-01T09:18:53.7891Z"], "is invalid for '--to"),
      ([book, "--at", "2024-07-01T09:00:00Z", "--summary"], "--summary and --at exclude each other"),
      ([book, "--at", "2024-07-01T09:00:00Z", "--to", "2024-07-01T09:00:00Z"], "--at excludes --from and --to"),
      ([book, "--from", "2024-07-01T09:00:00Z", "--snapshot"], "--from and --snapshot exclude each other"),
      ([book, "--from", "2024-07-01T09:00:00Z", "--to", "2024-07-01T11:59:59+03:00"], "--to is before --from"),
      ([book, book, "--as-fixture", "x"], "--as-fixture takes one file"),
      ([book, "--as-fixture", "x", "--summary"], "--as-fixture and --summary exclude each other"),
      (
        [book, "--as-fixture", "x", "--market-structure", "y"], "--as-fixture and --market-structure exclude each other"
      ),
      ([book, "--as-fixture", "a b"], "--as-fixture takes the name of a case"),
      ([book, "--as-fixture", "folder/"], "--as-fixture takes the name of a case"),
      ([book, "--as-fixture", "x", "--ticker", "a b"], "\"a b\" cannot stand in the .args of a fixture"),
    ] as [([String], String)]
  )
  func wrongUsageOfDecode(arguments: [String], message: String) async throws {
    let result = try await Program.run(["decode"] + arguments)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func unknownCommand() async throws {
    let result = try await Program.run(["dcode"])
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
  }

  @Test func versionAndHelp() async throws {
    let version = try await Program.run(["--version"])
    #expect(version.status == 0)
    #expect(version.output == "0.1.0\n")
    for arguments in [["--help"], ["decode", "--help"], ["catalog", "--help"], ["help", "decode"]] {
      let help = try await Program.run(arguments)
      #expect(help.status == 0)
      #expect(help.output.contains("USAGE: issplus"))
      #expect(help.errors.isEmpty)
    }
    let script = try await Program.run(["--generate-completion-script", "bash"])
    #expect(script.status == 0)
    #expect(script.output.contains("decode"))
  }

  @Test func whatCannotBeRead() async throws {
    let missing = try await Program.run(["decode", "nowhere/session.capture"])
    #expect(missing.status == 66)
    #expect(missing.errors == "issplus: nowhere/session.capture: cannot be read: No such file or directory\n")
    let folder = try await Program.run(["decode", Self.book, "Fixtures"])
    #expect(folder.status == 66)
    #expect(folder.output.isEmpty)
    #expect(folder.errors == "issplus: Fixtures: cannot be read: Is a directory\n")
    let structure = try await Program.run(["decode", Self.book, "--market-structure", "nowhere.json"])
    #expect(structure.status == 66)
    #expect(structure.errors == "issplus: nowhere.json: cannot be read: No such file or directory\n")
  }

  @Test func brokenMarketStructure() async throws {
    let result = try await Program.run(["decode", Self.book, "--market-structure", "Package.swift"])
    #expect(result.status == 65)
    #expect(result.output.isEmpty)
    #expect(result.errors.hasPrefix("issplus: Package.swift: byte 0: "), "\(result.errors)")
  }
}
