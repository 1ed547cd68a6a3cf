import GatewaySimulator
import MarketData
import NIOCore
import Testing
import WebSocketTransport

@testable import ISSPlus

/// A client against the simulator, over loopback.
@Suite("Against the simulator", .serialized, .timeLimit(.minutes(3))) struct SimulatorTests {
  static let ticker = "MXSE.TQBR.SBER"

  /// Runs a simulator with these switches and a client that is connected to it.
  private func live(
    _ switches: [String] = [], rate: Double? = nil, configure: (inout ISSPlusConfiguration) -> Void = { _ in },
    _ body: (ISSPlusClient, GatewaySimulator) async throws -> Void
  ) async throws {
    var simulation = GatewaySimulator.Configuration(rate: rate, switches: try SimulatorSwitches(switches))
    simulation.tickers = 10
    try await withGatewaySimulator(simulation) { simulator in
      var configuration = ISSPlusConfiguration.patient(simulator.url)
      configuration.subscriptionPace = .nanoseconds(0)
      configure(&configuration)
      try await withISSPlus(configuration) { client in try await body(client, simulator) }
    }
  }

  /// A value for a parameter, as the catalogue declares it.
  private static func value(_ parameter: Parameter, _ market: String) -> String {
    let tickers = SimulatedMarket().tickers(of: market)
    switch parameter.name.lowercased() {
    case "ticker": return tickers.first ?? ticker
    case "interval": return "M1"
    case "quantity": return "5"
    case "till": return "2024-06-30 10:00:00"
    case "engine": return "stock"
    case "market": return "shares"
    case "pattern": return "*BR*"
    case "preset": return "MXSE"
    case "cardname": return "common"
    case "list": return "true"
    case "id": return "1"
    default: return "en"
    }
  }

  /// The selectors to try: what is mandatory, then with each optional parameter, then with all.
  private static func selectors(_ resource: Resource) throws -> [ISSPlus.Selector] {
    func selector(_ parameters: [Parameter]) throws -> ISSPlus.Selector {
      try ISSPlus.Selector(parameters.map { ($0.name, value($0, resource.market)) })
    }
    let mandatory = resource.parameters.filter { !$0.isOptional }
    let optional = resource.parameters.filter(\.isOptional)
    var all = [try selector(mandatory)]
    for parameter in optional { all.append(try selector(mandatory + [parameter])) }
    if optional.count > 1 { all.append(try selector(resource.parameters)) }
    return all
  }

  static let streams = Catalogue.builtIn.markets.flatMap(\.streams)
  static let queries = Catalogue.builtIn.markets.flatMap(\.queries)

  // MARK: The whole catalogue

  @Test("the structure of CONNECTED is the catalogue")
  func structure() async throws {
    try await live { client, _ in
      let structure = try #require(await client.structure())
      #expect(differences(structure.catalogue, .builtIn) == [])
    }
    try await live(["connected-body=subset"]) { client, _ in
      #expect(await client.structure()?.catalogue.markets.map(\.name).sorted() == ["COMMON", "MXSE", "SEARCH"])
    }
  }

  @Test("all 25 streams by their catalogue name, with each parameter they declare, on one connection")
  func allStreams() async throws {
    #expect(Self.streams.count == 25)
    try await live { client, simulator in
      var open: [Subscription] = []
      for stream in Self.streams {
        for selector in try Self.selectors(stream) {
          let subscription = try await client.subscribe(stream.destination, selector, delivery: .lossless)
          var iterator = subscription.changes.makeAsyncIterator()
          let first = try await iterator.next()
          #expect(first?.state == .live, "\(stream.destination) \(selector.text)")
          #expect(first?.changes.schema.columns.map(\.name) == stream.columns.map(\.name))
          #expect(first?.changes.isEmpty == false, "\(stream.destination) \(selector.text)")
          open.append(subscription)
        }
      }
      #expect(open.count == 25 + 38 + 9)
      #expect(try await simulator.statistics().openSubscriptions == open.count)
      #expect(try await simulator.statistics().connections == 1)
    }
  }

  @Test("all 6 queries by their catalogue name, with each parameter they declare; each reply says what was asked")
  func allQueries() async throws {
    #expect(Self.queries.count == 6)
    try await live { client, _ in
      for query in Self.queries {
        for selector in try Self.selectors(query) {
          let reply = try await client.request(query.destination, selector)
          #expect(reply.destination == query.destination)
          #expect(reply.selector == (selector.terms.isEmpty ? nil : selector.text))
          #expect(reply.latency > .nanoseconds(0))
          #expect(reply.properties.kind == .snapshot)
          #expect(reply.table.schema.columns.map(\.name) == query.columns.map(\.name))
          if query.name != "news.content" { #expect(reply.table.count > 0, "\(query.destination) \(selector.text)") }
        }
      }
    }
  }

  // MARK: Refusals

  @Test(
    "the seven codes in a header, the body or the text: code and words", arguments: GatewayCode.allCases,
    ["header", "body", "text"])
  func codes(_ code: GatewayCode, _ place: String) async throws {
    let switches = [
      "error-code=\(place)", "error=\(code.rawValue)@MXSE.orderbooks", "error=\(code.rawValue)@COMMON.engines",
    ]
    try await live(switches) { client, _ in
      let subscribing = await #expect(throws: ISSPlusError.self) {
        _ = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker)
      }
      #expect(subscribing?.code == .refused && subscribing?.gatewayCode == code)
      #expect(subscribing?.isRetriable == code.isRetriable)
      let words = "SUBSCRIBE MXSE.orderbooks TICKER=\"\(Self.ticker)\": \(code.rawValue): \(code.meaning)"
      #expect(subscribing?.message.hasPrefix(words) == true, "\(subscribing?.message ?? "")")
      let asking = await #expect(throws: ISSPlusError.self) { _ = try await client.request("COMMON.engines") }
      #expect(asking?.code == .refused && asking?.gatewayCode == code)
      #expect(asking?.message.hasPrefix("REQUEST COMMON.engines: \(code.rawValue): \(code.meaning)") == true)
      // The line goes on.
      let boards = try await client.request("COMMON.boards")
      #expect(boards.table.count > 0)
    }
  }

  @Test("without any code the text decides", arguments: GatewayCode.allCases)
  func codeFromText(_ code: GatewayCode) async throws {
    try await live(["error-code=none", "error=\(code.rawValue)@COMMON.engines"]) { client, _ in
      let error = await #expect(throws: ISSPlusError.self) { _ = try await client.request("COMMON.engines") }
      #expect(error?.gatewayCode == code)
    }
  }

  @Test("what the gateway does not know is refused by it, with its own words")
  func unknownResources() async throws {
    try await live { client, _ in
      let stream = await #expect(throws: ISSPlusError.self) {
        _ = try await client.subscribe("MXSE.nothing", selectorText: nil)
      }
      #expect(stream?.gatewayCode == .invalidRequest)
      #expect(stream?.message.hasSuffix("Unknown resource: MXSE.nothing") == true)
      let ticker = await #expect(throws: ISSPlusError.self) {
        _ = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.NOSUCH")
      }
      #expect(ticker?.gatewayCode == .invalidRequest)
    }
  }

  @Test("a wrong password is denied: the client stops, the passcode is in no words")
  func wrongPassword() async throws {
    for switches in [[], ["after-refused-connect=stay"], ["error-code=body"]] {
      let configured = GatewaySimulator.Configuration(switches: try SimulatorSwitches(switches))
      try await withGatewaySimulator(configured) { simulator in
        var configuration = ISSPlusConfiguration.patient(simulator.url)
        configuration.credentials = Credentials(domain: "passport", login: "a@b.ru", passcode: "s3cret-words")
        let client = try ISSPlusClient(configuration)
        let error = await #expect(throws: ISSPlusError.self) { try await client.connect() }
        #expect(error?.code == .accessDenied && error?.gatewayCode == .accessDenied && error?.isRetriable == false)
        #expect(!"\(String(reflecting: error)) \(configuration)".contains("s3cret"))
        let again = await #expect(throws: ISSPlusError.self) { try await client.connect() }
        #expect(again?.code == .accessDenied)
        let subscribing = await #expect(throws: ISSPlusError.self) {
          _ = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker)
        }
        #expect(subscribing?.code == .closed)
      }
    }
  }

  @Test("nobody listens: unreachable, with the transport's words; a wrong path: the status of the answer")
  func unreachable() async throws {
    let simulator = try await GatewaySimulator.start()
    let (url, port) = (simulator.url, simulator.port)
    let lost = try ISSPlusClient(.patient("ws://127.0.0.1:\(port)/elsewhere"))
    let refused = await #expect(throws: ISSPlusError.self) { try await lost.connect() }
    #expect(refused?.code == .unreachable && refused?.transport?.httpStatus == 404)
    await simulator.stop()
    let client = try ISSPlusClient(.patient(url))
    let error = await #expect(throws: ISSPlusError.self) { try await client.connect() }
    #expect(error?.code == .unreachable && error?.isRetriable == true)
    #expect(error?.message.contains("127.0.0.1:\(port)") == true)
  }

  @Test("silence ends at the limit and says what was asked: SUBSCRIBE, REQUEST, CONNECT")
  func silence() async throws {
    let short = { (configuration: inout ISSPlusConfiguration) in configuration.timeout = .milliseconds(50) }
    try await live(["silent=MXSE.orderbooks", "silent=COMMON.engines"], configure: short) { client, _ in
      let subscribing = await #expect(throws: ISSPlusError.self) {
        _ = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker)
      }
      #expect(subscribing?.code == .timeout)
      #expect(
        subscribing?.message
          == "SUBSCRIBE MXSE.orderbooks TICKER=\"\(Self.ticker)\": neither RECEIPT nor MESSAGE within 50 ms")
      let asking = await #expect(throws: ISSPlusError.self) {
        _ = try await client.request("COMMON.engines", ISSPlus.Selector([("language", "en")]))
      }
      #expect(asking?.message == "REQUEST COMMON.engines language=\"en\": no REPLY within 50 ms")
    }
    let mute = GatewaySimulator.Configuration(switches: try SimulatorSwitches(["silent=CONNECT"]))
    try await withGatewaySimulator(mute) { simulator in
      var configuration = ISSPlusConfiguration(url: simulator.url)
      configuration.connectTimeout = .milliseconds(300)
      let client = try ISSPlusClient(configuration)
      let error = await #expect(throws: ISSPlusError.self) { try await client.connect() }
      // The sentence is the machine's test; on a slow machine an earlier limit of the three passes first.
      #expect(error?.code == .timeout)
    }
  }

  // MARK: Subscriptions

  @Test("given up by the handle, and by letting the handle go")
  func unsubscribe() async throws {
    try await live { client, simulator in
      func isOpen(_ count: Int) async throws {
        while try await simulator.statistics().openSubscriptions != count { await Task.yield() }
      }
      let one = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker)
      var two: Subscription? = try await client.subscribe("MXSE.securities", ticker: Self.ticker)
      #expect(two?.ticker == Self.ticker && one.id != two?.id)
      try await isOpen(2)
      await one.unsubscribe()
      try await isOpen(1)
      for try await _ in one.changes {}
      #expect(await one.table() == nil)
      two = nil
      try await isOpen(0)
      // The changes alone keep it.
      var changes = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker).changes.makeAsyncIterator()
      #expect(try await changes.next()?.state == .live)
      #expect(try await simulator.statistics().openSubscriptions == 1)
    }
  }

  @Test("an order book in one line; the iteration's end gives the subscription up")
  func orderBook() async throws {
    try await live(rate: 200) { client, simulator in
      var count = 0
      for try await book in client.orderBook(Self.ticker) {
        #expect(book.state == .live)
        #expect(book.book.bids.count == 10 && book.book.asks.count == 10)
        let (bid, ask) = (try #require(book.bestBid), try #require(book.bestAsk))
        #expect(bid.price < ask.price)
        #expect(book.spread == ask.price.subtracting(bid.price))
        count += 1
        if count == 20 { break }
      }
      while try await simulator.statistics().openSubscriptions > 0 { await Task.yield() }
      let error = await #expect(throws: ISSPlusError.self) { for try await _ in client.orderBook("SBER") {} }
      #expect(error?.code == .usage)
    }
  }

  @Test("conflate is the default: a slow reader gets the newest, in one update")
  func conflate() async throws {
    try await live(rate: 200) { client, _ in
      let subscription = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker)
      while await client.counters().packets < 50 { await Task.yield() }
      var iterator = subscription.changes.makeAsyncIterator()
      let update = try #require(try await iterator.next())
      #expect(update.changes.allSatisfy { $0.kind == .insert } && update.changes.count == 20)
    }
  }

  // MARK: Open points

  @Test(
    "whatever the gateway does at an open point, nothing is lost and nothing dies",
    arguments: [
      [], ["fragment=100"], ["message-kind=text"], ["heartbeat=1ms"], ["unknown-command=1"], ["two-frames=on"],
      ["receipt=after"], ["receipt=never"], ["receipt=never", "two-frames=on"], ["reply=bare"],
      ["unsubscribe=late-message"], ["unsubscribe=never"], ["connected-headers=none"], ["published=never"],
      ["unknown-column=on"], ["second-snapshot=2"], ["seqnum=repeat"], ["seqnum=backwards"], ["removal=full-row"],
      ["subprotocol=none"], ["ping=1ms"], ["strict-connect=error"],
      ["fragment=7", "two-frames=on", "heartbeat=1ms", "unknown-command=2", "unsubscribe=late-message", "ping=2ms"],
    ])
  func openPoints(_ switches: [String]) async throws {
    try await live(switches, rate: 300) { client, _ in
      let tickers = SimulatedMarket().tickers(of: "MXSE").prefix(3)
      var rebuilt: [String: Rebuilt] = [:]
      for destination in ["MXSE.orderbooks", "MXSE.securities", "MXSE.candles"] {
        for ticker in tickers {
          let subscription = try await client.subscribe(destination, ticker: ticker, delivery: .lossless)
          var seen = 0
          for try await update in subscription.changes {
            #expect(update.state == .live)
            rebuilt[subscription.id, default: Rebuilt(update.changes.schema)].apply(update.changes)
            seen += 1
            if seen == 10 { await subscription.unsubscribe() }
          }
          #expect(rebuilt[subscription.id]?.faults == [])
          #expect(rebuilt[subscription.id]?.count ?? 0 > 0)
        }
      }
      #expect(try await client.request("SEARCH.ticker", ISSPlus.Selector([("pattern", "*SBER*")])).table.count > 0)
      let counters = await client.counters()
      #expect(counters.refusedPackets == 0 && counters.connections == 1 && counters.unattributedErrors == 0)
      if switches == ["unknown-command=1"] { #expect(counters.unknownFrames > 0) }
      if switches == ["unsubscribe=late-message"] { #expect(counters.lateFrames > 0) }
    }
  }

  @Test("many subscriptions on one connection: each table is the simulator's")
  func manySubscriptions() async throws {
    try await live { client, simulator in
      var open: [Subscription] = []
      for _ in 0..<20 {
        for ticker in SimulatedMarket().tickers(of: "MXSE") {
          open.append(try await client.subscribe("MXSE.orderbooks", ticker: ticker))
        }
      }
      #expect(try await simulator.statistics().openSubscriptions == open.count)
      for subscription in open {
        var iterator = subscription.changes.makeAsyncIterator()
        #expect(try await iterator.next()?.state == .live)
        #expect(await subscription.table()?.count == 20)
      }
      // The newest subscription to a ticker: the client's table becomes what was sent last.
      let last = try #require(open.last)
      var isEqual = false
      while !isEqual {
        let truth = try await simulator.currentTable("MXSE.orderbooks", last.selector)
        let own = await last.table()?.rows.map { row in row.values.map { $0.isNull ? nil : "\($0)" } }
        isEqual = own == truth?.rows
      }
    }
  }
}
