import CPeers
import Foundation
import ISSPlus
import MarketData
import NIOCore
import STOMP

/// What is measured of this project.
enum Subjects {
  /// A fault of a benchmark is no figure.
  static func expect(_ isGood: Bool, _ what: String) {
    if isGood { return }
    FileHandle.standardError.write(Data("benchmark: \(what)\n".utf8))
    exit(70)
  }

  static func decode(_ set: PacketSet) -> Subject {
    let decoder = PacketDecoder(schema: set.schema)
    let bodies = set.bodies.map { ByteBuffer.padded($0) }
    return Subject(packets: bodies.count, bytes: set.byteCount) {
      for body in bodies {
        do { try decoder.decodeMessage(body) } catch { expect(false, "\(error)") }
      }
    }
  }

  static func decodeAndApply(_ set: PacketSet) -> Subject {
    let decoder = PacketDecoder(schema: set.schema)
    let bodies = set.bodies.map { ByteBuffer.padded($0) }
    var table = KeyedTable(schema: set.schema)
    var changes = ChangeSet(schema: set.schema)
    func apply(_ body: ByteBuffer) {
      do { try decoder.decodeMessage(body) } catch { expect(false, "\(error)") }
      table.apply(decoder, received: nil, into: &changes)
    }
    if let first = set.first { apply(.padded(first)) }
    return Subject(packets: bodies.count, bytes: set.byteCount) {
      for body in bodies { apply(body) }
      expect(table.count > 0, "the table stays empty")
    }
  }

  private static func changeSets(_ set: PacketSet) -> [ChangeSet] {
    let decoder = PacketDecoder(schema: set.schema)
    var table = KeyedTable(schema: set.schema)
    return ((set.first.map { [$0] } ?? []) + set.bodies).map { body in
      do { try decoder.decodeMessage(.padded(body)) } catch { expect(false, "\(error)") }
      return table.apply(decoder, received: 1_719_825_533_789_000_000)
    }
  }

  static func csv(_ set: PacketSet) -> Subject {
    let sets = Array(changeSets(set).dropFirst(1))
    guard let writer = try? LineWriter(.csv, schema: set.schema, lead: .change) else {
      return Subject(packets: 1, bytes: 0) { expect(false, "no writer") }
    }
    var text = TextBuffer()
    for changes in sets { writer.write(changes, ticker: "MXSE.TQBR.SBER", to: &text) }
    let size = text.count
    return Subject(packets: sets.count, bytes: size) {
      for changes in sets {
        writer.write(changes, ticker: "MXSE.TQBR.SBER", to: &text)
        if text.count > 1 << 16 { text.removeAll() }
      }
    }
  }

  static func conflation(_ set: PacketSet) -> Subject {
    let sets = Array(changeSets(set).dropFirst(1))
    var conflator = Conflator(schema: set.schema)
    return Subject(packets: sets.count, bytes: set.byteCount) {
      for changes in sets { conflator.merge(changes) }
      _ = conflator.take()
    }
  }

  static func orderBook(_ set: PacketSet) -> Subject {
    let sets = changeSets(set)
    return Subject(packets: sets.count, bytes: set.byteCount) {
      var book = OrderBook()
      for changes in sets { book.apply(changes) }
      expect(!book.isEmpty, "the book stays empty")
    }
  }

  // MARK: Frames

  private static func frame(_ body: String, _ destination: String, _ subscription: String) -> Frame {
    Frame(
      .message,
      headers: [
        "content-length": "\(body.utf8.count)", "destination": destination, "subscription": subscription,
        "X-gateway-stamp": "1719825533790",
      ], body: ByteBuffer(string: body))
  }

  private static func encoded(_ frame: Frame) -> ByteBuffer {
    var buffer = ByteBuffer()
    do { try FrameEncoder().encode(frame, into: &buffer) } catch { expect(false, "\(error)") }
    return buffer
  }

  static func parse(_ set: PacketSet) -> Subject {
    let messages = set.bodies.map { encoded(frame($0, "MXSE.orderbooks", "1")) }
    let size = messages.reduce(0) { $0 + $1.readableBytes }
    var parser = FrameParser()
    return Subject(packets: messages.count, bytes: size) {
      for message in messages {
        parser.append(message)
        do { expect(try parser.next() != nil && parser.next() == nil, "no frame") } catch { expect(false, "\(error)") }
      }
    }
  }

  static func encode(_ set: PacketSet) -> Subject {
    let frames = set.bodies.map { frame($0, "MXSE.orderbooks", "1") }
    let size = frames.reduce(0) { $0 + encoded($1).readableBytes }
    var buffer = ByteBuffer()
    return Subject(packets: frames.count, bytes: size) {
      for frame in frames {
        buffer.clear()
        do { try FrameEncoder().encode(frame, into: &buffer) } catch { expect(false, "\(error)") }
      }
    }
  }

  // MARK: Tables

  /// Messages of one pass through the tables: as many for one as for all, so that their own bytes cost the same.
  private static let feedMessages = 6000

  /// Message bytes to change set, the packets spread over that many tables.
  static func feed(tables: Int, _ bodies: [String]) -> Subject {
    var feed = Feed()
    var messages: [ByteBuffer] = []
    // Every table gets the same packets in the same order, whatever the number of tables.
    for number in 0..<feedMessages {
      let id = "s\(number % tables)"
      if number < tables {
        _ = feed.subscribe(id: id, destination: "MXSE.orderbooks", selector: "TICKER=\"T\(number)\"")
      }
      messages.append(encoded(frame(bodies[number / tables % bodies.count], "MXSE.orderbooks", id)))
    }
    let size = messages.reduce(0) { $0 + $1.readableBytes }
    return Subject(packets: messages.count, bytes: size) {
      var applied = 0
      for message in messages {
        do {
          try feed.receive(message, at: nil) { event in
            if case .changes = event { applied += 1 }
          }
        } catch { expect(false, "\(error)") }
      }
      expect(applied >= messages.count, "packets were not applied")
    }
  }

  /// What the allocator gave out for the rows of the large table, by row.
  static func bytesPerRow(_ set: PacketSet) -> Double {
    let decoder = PacketDecoder(schema: set.schema)
    do { try decoder.decodeMessage(.padded(set.bodies[0])) } catch { expect(false, "\(error)") }
    let before = allocated_bytes()
    var table = KeyedTable(schema: set.schema)
    do { _ = table.apply(decoder) }
    let after = allocated_bytes()
    expect(table.count == Generators.tableRows, "the table has \(table.count) rows")
    return Double(after) / Double(table.count) - Double(before) / Double(table.count)
  }
}
