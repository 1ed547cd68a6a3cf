// Lines of CSV and JSON against readers of their own. Input: a byte of choices, then cells of a row, ended by 0xFF.

import FuzzSupport
import NIOCore

@testable import MarketData

@main enum Fields {
  static func main() {
    runFuzzer { start, count in
      Fields.one(Input(start, count))
      return 0
    }
  }

  /// What depends on the number of cells only.
  private struct Tools {
    let schema: Schema
    /// A packet up to its row.
    let head: String
    let csv: LineWriter
    let json: LineWriter

    init(_ count: Int) {
      let names = (0..<count).map { "C\($0)" }
      schema = Schema(columns: names.map { Column($0, .string) })
      let columns = names.map { "\"\($0)\"" }.joined(separator: ",")
      head = "{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\(columns)],\"data\":[["
      do {
        csv = try LineWriter(.csv, schema: schema, lead: .ticker, columns: nil)
        json = try LineWriter(.jsonl, schema: schema, lead: .none, columns: nil)
      } catch { difference("no writer: \(error)", names) }
    }
  }

  private static let tools = (1...12).map(Tools.init)

  static func one(_ input: Input) {
    var input = input
    let choices = input.byte()
    let cells = input.rest().split(separator: 0xFF, omittingEmptySubsequences: false).prefix(12).map {
      bytes -> String? in
      // Null is not the empty text.
      bytes.first == 0xFE ? nil : String(decoding: bytes, as: UTF8.self)
    }
    let tools = tools[cells.count - 1]
    let schema = tools.schema
    let decoder = PacketDecoder(schema: schema)
    var body = TextBuffer()
    body.append(tools.head)
    for (place, cell) in cells.enumerated() {
      if place > 0 { body.append(",") }
      if let cell { body.append(json: cell) } else { body.append("null") }
    }
    body.append("]]}")
    do { try decoder.decodeMessage(ByteBuffer(bytes: body.bytes)) } catch {
      difference("refused: \(error)", body.string)
    }
    var table = KeyedTable(schema: schema)
    _ = table.apply(decoder)
    guard let row = table.rows.first else { difference("no row", body.string) }
    expect(
      zip(row.values, cells).allSatisfy {
        guard let text = $0.text, let cell = $1 else { return $0.isNull && $1 == nil }
        return text.utf8.elementsEqual(cell.utf8)
      },
      "cells read back", row.values, cells)
    csv(row, tools.csv, cells, ticker: choices & 1 == 0 ? "" : cells.first.flatMap { $0 } ?? "T")
    json(row, tools.json)
  }

  private static func csv(_ row: Row, _ writer: LineWriter, _ cells: [String?], ticker: String) {
    var text = TextBuffer()
    writer.write(row, ticker: ticker, to: &text)
    let lines = CSVReader.read(Array(text.bytes))
    expect(lines.count == 1, "one line of CSV", text.string, lines)
    let expected: [CSVReader.Field] = [.init(ticker.isEmpty ? nil : ticker)] + cells.map { .init($0) }
    // A line of one null field is empty, which readers take for no field at all.
    expect(lines.first == expected, "fields of CSV", text.string, expected)
  }

  private static func json(_ row: Row, _ writer: LineWriter) {
    var text = TextBuffer()
    writer.write(row, ticker: "", to: &text)
    expect(text.bytes.last == 10 && text.bytes.count { $0 == 10 } == 1, "one line of JSON", text.string)
    // As the row of a packet without types: what is written reads back through the decoder, which has its own fuzzer.
    var body = ByteBuffer(
      string: "{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"X\"],\"data\":[],\"line\":")
    body.writeBytes(text.bytes.dropLast())
    body.writeString("}")
    do { try PacketDecoder(schema: nil).decodeMessage(body) } catch {
      difference("no JSON: \(error)", text.string)
    }
  }
}

/// RFC 4180, a byte at a time: quotes open and close, two of them inside are one; unquoted and empty is null.
enum CSVReader {
  struct Field: Equatable {
    let bytes: [UInt8]?

    init(_ text: String?) { bytes = text.map { Array($0.utf8) } }
    init(bytes: [UInt8]?) { self.bytes = bytes }
  }

  static func read(_ bytes: [UInt8]) -> [[Field]] {
    var lines: [[Field]] = []
    var fields: [Field] = []
    var place = 0
    while place < bytes.count {
      var field: [UInt8] = []
      var isQuoted = false
      if bytes[place] == 0x22 {
        isQuoted = true
        place += 1
        while place < bytes.count {
          if bytes[place] == 0x22 {
            if place + 1 < bytes.count, bytes[place + 1] == 0x22 { place += 1 } else { break }
          }
          field.append(bytes[place])
          place += 1
        }
        place += 1
      } else {
        while place < bytes.count, ![0x2C, 0x0A, 0x0D, 0x22].contains(bytes[place]) {
          field.append(bytes[place])
          place += 1
        }
      }
      fields.append(Field(bytes: field.isEmpty && !isQuoted ? nil : field))
      guard place < bytes.count else { return lines + [fields] + [[Field("no line feed at the end")]] }
      switch bytes[place] {
      case 0x2C:
        // A comma before the line's end: one more field.
        if place + 1 < bytes.count, bytes[place + 1] == 0x0A {
          fields.append(Field(bytes: nil))
          lines.append(fields)
          fields = []
          place += 1
        }
      case 0x0A:
        lines.append(fields)
        fields = []
      default: return lines + [fields] + [[Field("a stray byte")]]
      }
      place += 1
    }
    return lines
  }
}
