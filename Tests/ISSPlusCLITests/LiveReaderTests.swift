import Foundation
import Testing

extension Live {
  /// What the commands write without options is what the programs of others read: pandas, DuckDB, LibreOffice.
  @Suite struct ReaderTests {
    /// Every file that a command writes, by its name, and one with quotes, line ends and other letters.
    private static func files(in folder: URL) async throws -> [String] {
      let simulator = try await Simulator.start(["--rate", "300"])
      let quotes = ["MXSE.securities", "--ticker", "MXSE.TQBR.SBER", "--ticker", "MXSE.TQBR.GAZP"]
      for arguments in [
        ["dump"] + DumpTests.book + ["--count", "200", "--output", "changes.csv"],
        ["dump"] + quotes + ["--snapshot", "--output", "snapshot.csv"],
        ["dump"] + DumpTests.book + [
          "--live", "live.csv", "--live-dir", "live", "--quiet", "--duration", "300ms", "--record", "day.capture",
        ],
      ] {
        let result = try await simulator.run(arguments, in: folder)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
      }
      for (name, result) in [
        ("request.csv", try await simulator.run(["request", "SEARCH.ticker", "--param", "pattern=SBER*"], in: folder)),
        ("decoded.csv", try await Running.run(["decode", "day.capture"], in: folder)),
        ("decoded-table.csv", try await Running.run(["decode", "--snapshot", "day.capture"], in: folder)),
      ] {
        #expect(result.status == 0, "\(name): \(result.errors)")
        try Data(result.output.utf8).write(to: folder.appending(path: name))
      }
      for name in ["quoting", "recorded-candles-2026-01-22", "recorded-securities-2026-01-22"] {
        let fixture = Folders.conversations.appending(path: "\(name).out")
        try FileManager.default.copyItem(at: fixture, to: folder.appending(path: "\(name).csv"))
      }
      return [
        "changes.csv", "snapshot.csv", "live.csv", "live/MXSE.orderbooks-MXSE.TQBR.SBER.csv", "request.csv",
        "decoded.csv", "decoded-table.csv", "quoting.csv", "recorded-candles-2026-01-22.csv",
        "recorded-securities-2026-01-22.csv",
      ]
    }

    /// What a program read: the names of the columns, then the rows.
    private static func expect(
      _ name: String, _ read: [[String]], keepsLongNumbers: Bool = true, in folder: URL
    ) throws {
      let file = try PrintedTable(String(contentsOf: folder.appending(path: name), encoding: .utf8))
      #expect(read.first == file.header, "\(name)")
      #expect(read.count - 1 == file.rows.count, "\(name)")
      for (place, (row, own)) in zip(read.dropFirst(), file.rows).enumerated() {
        for (column, (cell, wanted)) in zip(row, own).enumerated()
        where !isSame(cell, wanted ?? "", keepsLongNumbers: keepsLongNumbers) {
          Issue.record("\(name) row \(place + 1) \(file.header[column]): \(cell) is not \(wanted ?? "nothing")")
        }
        #expect(row.count == own.count, "\(name) row \(place + 1)")
      }
    }

    /// The same text, or the same number written in another way. A spreadsheet keeps 15 digits of a number: of a seqnum,
    /// which has more, those are compared.
    private static func isSame(_ cell: String, _ wanted: String, keepsLongNumbers: Bool) -> Bool {
      if cell == wanted { return true }
      if keepsLongNumbers { return false }
      // It writes TRUE, and knows one kind of line end within a cell.
      guard let one = Double(cell), let other = Double(wanted) else {
        return cell.lowercased() == wanted || cell == wanted.replacing("\r", with: "\n")
      }
      let digits = wanted.utf8.count { (0x30...0x39).contains($0) }
      return digits > 15 ? abs(one - other) <= abs(other) * 1e-14 : one == other
    }

    private static func python(_ script: String, _ names: [String], in folder: URL) async throws {
      let running = try Running(
        ["python3", "-c", "import json, sys\n" + script] + names, in: folder, executable: "/usr/bin/env")
      let result = try await running.end()
      #expect(result.status == 0, "\(result.errors)")
      let tables = try JSONDecoder().decode([[[String]]].self, from: Data(result.output.utf8))
      #expect(tables.count == names.count)
      for (name, table) in zip(names, tables) { try expect(name, table, in: folder) }
    }

    static func canImport(_ module: String) async -> Bool {
      let script = "import \(module)"
      guard Program.isInstalled("python3"),
        let running = try? Running(["python3", "-c", script], executable: "/usr/bin/env")
      else { return false }
      return (try? await running.end().status) == 0
    }

    /// Cells as text, and with the types that pandas finds by itself as many rows and columns.
    @Test(.enabled("python3 cannot import pandas") { await canImport("pandas") }) func pandas() async throws {
      try await inScratch { folder in
        try await Self.python(
          """
          import pandas as pd
          def read(name):
              text = pd.read_csv(name, dtype=str, keep_default_na=False)
              assert pd.read_csv(name).shape == text.shape, name
              return [list(text.columns)] + text.values.tolist()
          print(json.dumps([read(name) for name in sys.argv[1:]]))
          """, try await Self.files(in: folder), in: folder)
      }
    }

    /// Cells as text, and with the types that DuckDB finds by itself as many rows and columns.
    @Test(.enabled("python3 cannot import duckdb") { await canImport("duckdb") }) func duckDB() async throws {
      try await inScratch { folder in
        try await Self.python(
          """
          import duckdb
          def read(name):
              text = duckdb.sql(f"select * from read_csv('{name}', all_varchar=true, header=true)")
              rows = [["" if cell is None else cell for cell in row] for row in text.fetchall()]
              typed = duckdb.sql(f"select * from '{name}'")
              assert typed.columns == text.columns, (name, typed.columns)
              assert duckdb.sql(f"select count(*) from '{name}'").fetchall()[0][0] == len(rows), name
              return [text.columns] + rows
          print(json.dumps([read(name) for name in sys.argv[1:]]))
          """, try await Self.files(in: folder), in: folder)
      }
    }

    /// Opened as a spreadsheet, in English of Britain, where a day has 24 hours, and written again.
    @Test(.enabled(if: Program.isInstalled("soffice"), "soffice is not there")) func libreOffice() async throws {
      try await inScratch { folder in
        let names = try await Self.files(in: folder)
        let result = try await Running.shell(
          "soffice -env:UserInstallation=file://$PWD/profile --headless --convert-to 'csv:Text - txt - csv (StarCalc):"
            + "44,34,76,1,,0,false,false' --infilter='CSV:44,34,76,1,,2057' --outdir out "
            + names.map { "'\($0)'" }.joined(separator: " "), in: folder)
        #expect(result.status == 0, "\(result.errors)")
        for name in names {
          let file = folder.appending(path: "out/" + (name.split(separator: "/").last ?? ""))
          let table = try PrintedTable(String(contentsOf: file, encoding: .utf8))
          try Self.expect(
            name, [table.header] + table.rows.map { $0.map { $0 ?? "" } }, keepsLongNumbers: false, in: folder)
        }
      }
    }
  }
}
