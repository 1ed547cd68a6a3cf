import Foundation
import MarketData

/// Recordings as `issplus record` writes them, of generated packets.
struct Captures {
  private struct Stream {
    let id: String
    let destination: String
    /// Comes once, before the others.
    var first: String?
    let bodies: [String]
  }

  /// What a recording is made of.
  enum Kind: String, CaseIterable {
    /// Books of 20 to 100 rows.
    case books
    /// Updates of one row with 5 to 40 columns.
    case updates
    /// Both, trades, and whole tables of 3,000 rows: as many bytes of each.
    case mix
  }

  /// Writes a recording of about that many bytes.
  static func write(_ kind: Kind, megabytes: Int, to path: String) throws {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var buffer = Array("ISSPLUS-CAPTURE 1\n".utf8)
    var time: UInt64 = 1_719_825_533_000_000_000
    record("open", "", time, &buffer)
    let streams = streams(kind)
    for stream in streams {
      record(
        "out", "SUBSCRIBE\nid:\(stream.id)\ndestination:\(stream.destination)\nselector:TICKER=\"A\"\n\n\0", time,
        &buffer)
    }
    try packets(streams, megabytes: megabytes) { stream, body in
      time += 100_000
      record("in", message(body, stream.destination, stream.id), time, &buffer)
      if buffer.count > 1 << 20 {
        try file.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try file.write(contentsOf: buffer)
  }

  /// The bodies of the beginning of such a recording, for decoders that know no frames.
  static func bodies(_ kind: Kind, megabytes: Int) -> PacketSet {
    var bodies: [String] = []
    packets(streams(kind), megabytes: megabytes) { bodies.append($1) }
    return PacketSet(name: kind.rawValue, schema: Schema(columns: []), first: nil, bodies: bodies)
  }

  /// The packets in their order: the stream that has brought least comes next, so that each brings as many bytes.
  private static func packets(
    _ streams: [Stream], megabytes: Int, _ take: (Stream, String) throws -> Void
  ) rethrows {
    var nexts = streams.map { _ in 0 }
    var sizes = nexts
    var total = 0
    for stream in streams { if let first = stream.first { try take(stream, first) } }
    while total < megabytes * 1_000_000 {
      let place = sizes.indices.min { sizes[$0] < sizes[$1] } ?? 0
      let stream = streams[place]
      let body = stream.bodies[nexts[place]]
      nexts[place] = (nexts[place] + 1) % stream.bodies.count
      sizes[place] += body.utf8.count
      total += body.utf8.count
      try take(stream, body)
    }
  }

  /// A MESSAGE as the gateway writes it.
  static func message(_ body: String, _ destination: String, _ id: String) -> String {
    "MESSAGE\ncontent-length:\(body.utf8.count)\ndestination:\(destination)\nsubscription:\(id)\n"
      + "X-gateway-stamp:1719825533790\n\n\(body)\0"
  }

  private static func record(_ word: String, _ payload: String, _ time: UInt64, _ buffer: inout [UInt8]) {
    buffer.append(contentsOf: "\(time) 0 \(word) \(payload.utf8.count)\n".utf8)
    buffer.append(contentsOf: payload.utf8)
    buffer.append(UInt8(ascii: "\n"))
  }

  private static func streams(_ kind: Kind) -> [Stream] {
    var generators = Generators()
    let books = Stream(id: "1", destination: "MXSE.orderbooks", bodies: generators.books(20...100, 2000).bodies)
    let updates = generators.updates(20_000)
    let quotes = Stream(
      id: "2", destination: "MXSE.securities", first: updates.first, bodies: updates.bodies)
    let tables = Stream(id: "3", destination: "MXSE.securities", bodies: generators.snapshots(4).bodies)
    let trades = generators.trades(4000)
    let deals = Stream(
      id: "4", destination: "MXSE.lasttrades", first: trades.first, bodies: trades.bodies)
    switch kind {
    case .books: return [books]
    case .updates: return [quotes]
    case .mix: return [books, quotes, tables, deals]
    }
  }
}
