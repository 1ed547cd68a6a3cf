import Foundation

/// The figures of a run, in the order in which they are shown.
struct Results {
  struct Line {
    let name: String
    /// By column; nil where something is missing or was not measured.
    let values: [Double?]
  }

  struct Table {
    let title: String
    let note: String
    let columns: [String]
    let lines: [Line]
    /// Digits behind the point.
    var digits = 0
  }

  let date: String
  let machine: String
  /// How much of the processor there was.
  var quiet = ""
  var missing: [String] = []
  var tables: [Table] = []

  init() {
    let format = ISO8601DateFormatter()
    date = format.string(from: Date())
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = info.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first
    machine =
      "\(model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"), "
      + "\(ProcessInfo.processInfo.activeProcessorCount) cores, load \(load ?? "unknown") at the start"
  }

  var markdown: String {
    var text = """
      # Results

      Written by `Benchmarks/run` on \(date).
      Machine: \(machine). Absolute figures are the machine's; the ratios, taken in one run on the same bytes, are what counts.
      What stands in one table was measured by turns, and of each the least of its times counts: what others do on the same
      machine is only ever added.

      """
    if !quiet.isEmpty { text += "\n" + quiet }
    if !missing.isEmpty {
      text += "\nNot measured, because it is not installed here: \(missing.joined(separator: ", ")).\n"
    }
    for table in tables {
      text += "\n## \(table.title)\n\n"
      if !table.note.isEmpty { text += table.note + "\n\n" }
      text += "| |" + table.columns.map { " \($0) |" }.joined() + "\n"
      text += "|---|" + table.columns.map { _ in "---:|" }.joined() + "\n"
      for line in table.lines {
        let cells = line.values.map { $0.map { Self.text($0, table.digits) } ?? "–" }
        text += "| \(line.name) |" + cells.map { " \($0) |" }.joined() + "\n"
      }
    }
    return text
  }

  /// Each of `values` by the one at its place in `others`.
  static func quotients(_ values: [Double?], _ others: [Double?]) -> [Double?] {
    zip(values, others).map { value, other in
      if let value, let other { value / other } else { nil }
    }
  }

  static func text(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(value < 10 && digits == 0 ? 2 : digits)f", value)
  }

  /// The decoders by kind as bars, and the cost of a packet by the number of tables.
  func plot(bars: Table, curve: [(tables: Int, nanoseconds: Double)]) -> String {
    let colors = ["#1b6ca8", "#7fb2d9", "#d98e32", "#9b9b9b", "#c0504d", "#7a5ca8", "#5a9a5a"]
    var body = ""
    func label(_ x: Double, _ y: Double, _ text: String, size: Int = 11, anchor: String = "start") {
      let escaped = text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      body += "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(size)\" text-anchor=\"\(anchor)\">\(escaped)</text>\n"
    }
    label(20, 24, "\(bars.title)", size: 15)
    label(20, 42, "\(date) · \(machine)", size: 10)
    let largest = max(1, bars.lines.flatMap { $0.values.compactMap { $0 } }.max() ?? 1)
    var y = 60.0
    for (column, kind) in bars.columns.enumerated() {
      label(20, y + 14, kind, size: 13)
      for (place, line) in bars.lines.enumerated() {
        guard let value = line.values[column] else { continue }
        let width = value / largest * 420
        body +=
          "<rect x=\"240\" y=\"\(y)\" width=\"\(max(1, width))\" height=\"12\" fill=\"\(colors[place % colors.count])\"/>\n"
        label(235, y + 10, line.name, size: 10, anchor: "end")
        label(245 + width, y + 10, Self.text(value, 0), size: 10)
        y += 15
      }
      y += 10
    }
    y += 20
    label(20, y, "Message to change set, nanoseconds a packet (book of 20 rows), by the number of tables", size: 15)
    y += 14
    let most = max(1, curve.map(\.nanoseconds).max() ?? 1)
    for point in curve {
      let width = point.nanoseconds / most * 420
      body += "<rect x=\"240\" y=\"\(y)\" width=\"\(width)\" height=\"12\" fill=\"\(colors[0])\"/>\n"
      label(235, y + 10, "\(point.tables)", size: 10, anchor: "end")
      label(245 + width, y + 10, Self.text(point.nanoseconds, 0), size: 10)
      y += 15
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="760" height="\(Int(y) + 20)" font-family="sans-serif">
      <rect width="100%" height="100%" fill="white"/>
      \(body)</svg>

      """
  }
}
