// The parts without a connection: frames, packets, tables, books, lines, recordings.

import ISSPlus
import MarketData
import NIOCore
import STOMP

func decodePacket(_ body: ByteBuffer) throws {
  // snippet.packet
  guard let books = Catalogue.builtIn["MXSE.orderbooks"] else { return }
  let schema = Schema(books)
  let decoder = PacketDecoder(schema: schema)
  var table = KeyedTable(schema: schema)
  var book = OrderBook()

  try decoder.decodeMessage(body)
  let changes = table.apply(decoder)
  book.apply(changes)
  for change in changes { print(change.kind, change.row?["PRICE"] ?? .null) }
  if let spread = book.spread { print("spread", spread) }
  // snippet.end
}

func printLines(_ changes: ChangeSet) throws {
  // snippet.lines
  let writer = try LineWriter(.csv, schema: changes.schema, lead: .change)
  var text = TextBuffer()
  writer.writeHeader(to: &text)
  writer.write(changes, ticker: "MXSE.TQBR.SBER", to: &text)
  print(text.string, terminator: "")
  // snippet.end
}

func readBook(_ book: OrderBook) {
  // snippet.book
  for level in book.bids.prefix(5) { print(level.price, level.quantity) }
  if let fill = book.fill(.ask, quantity: 1_000) { print(fill.cost, fill.limit, fill.averagePrice) }
  if let imbalance = book.imbalance(levels: 5) { print(imbalance) }
  // snippet.end
}

func compute() {
  // snippet.decimals
  guard let price = ExactDecimal("328.04"), let step = ExactDecimal("0.01") else { return }
  print(price.adding(step) ?? price)  // 328.05, exactly
  print(price.multiplied(by: 1_000) ?? price)  // 328040.00
  // snippet.end
}

func parseFrames(_ pieces: [ByteBuffer]) throws {
  // snippet.parse
  var parser = FrameParser()
  for piece in pieces {
    parser.append(piece)
    while let frame = try parser.next() {
      print(frame.command, frame.headers["destination"] ?? "", frame.body.readableBytes)
    }
  }
  try parser.finish()
  // snippet.end
}

func writeFrame() throws {
  // snippet.encode
  let subscribe = Frame(
    .subscribe,
    headers: ["id": "1", "destination": "MXSE.orderbooks", "selector": #"TICKER="MXSE.TQBR.SBER""#])
  var bytes = ByteBuffer()
  try FrameEncoder().encode(subscribe, into: &bytes)
  // snippet.end
  print(bytes.readableBytes)
}

func readRecording(_ pieces: [ByteBuffer]) throws {
  // snippet.recording
  var recording = Recording()
  recording.begin(file: "day.capture")
  for piece in pieces {
    try recording.append(piece) { item in
      if case .changes(let table, let changes) = item.event { print(table.destination, changes.count) }
    }
  }
  if let torn = try recording.end({ _ in }) { print("the last record is not whole:", torn) }
  for table in recording.tables { print(table.identity.destination, table.table?.count ?? 0, "rows") }
  // snippet.end
}
