import ArgumentParser
import GatewaySimulator
import ISSPlus
import MarketData
import NIOCore
import WebSocketTransport

/// The gateway on loopback.
struct Simulate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a simulated gateway on loopback; its URL is the first line of standard output.",
    discussion: """
      issplus simulate --port 8080 --with book-cadence=100ms
      issplus dump MXSE.orderbooks --ticker MXSE.TQBR.SBER --url ws://127.0.0.1:8080/infocx/v3/websocket

      With --replay each connection gets the recording from its beginning: each subscription what the same destination \
      and selector brought, with the recorded distances in time, and ids of its own. A recorded reconnect shows as \
      another snapshot. The line stays open at the end.
      """)

  @Option(help: "The port; 0 takes a free one.")
  var port = 0

  @Option(help: "The seed of the market: the same seed, the same market.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Instruments of each market.", valueName: "n"))
  var tickers = 10

  @Option(
    help: ArgumentHelp("Packets a second over all subscriptions, in place of the streams' own pace.", valueName: "n"))
  var rate: Double?

  @Option(help: ArgumentHelp("An account beside DEMO/guest (repeatable).", valueName: "domain:login:passcode"))
  var account: [String] = []

  @Option(help: ArgumentHelp("Serve this file as the body of CONNECTED.", valueName: "file"))
  var marketStructure: String?

  @Option(help: "End after that time, for example 10s or 5m.")
  var duration: DurationArgument?

  @Option(help: ArgumentHelp("Set a switch (repeatable); --list-switches tells which.", valueName: "name=value"))
  var with: [String] = []

  @Flag(help: "Print the switches with their values and defaults.")
  var listSwitches = false

  @Option(help: ArgumentHelp("Serve wss:// with this certificate, and those that vouch for it.", valueName: "pem"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The private key of --tls-cert.", valueName: "pem"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("Serve this recording to every client, in place of the market.", valueName: "file"))
  var replay: String?

  @Option(help: ArgumentHelp("How fast: 1x as it was recorded, max as the client reads.", valueName: "1x|10x|max"))
  var speed: String?

  @Flag(help: "Begin the recording anew at its end.")
  var loop = false

  func validate() throws {
    if let complaint = replayComplaint() { throw ValidationError(complaint) }
    if (tlsCert == nil) != (tlsKey == nil) { throw ValidationError("--tls-cert and --tls-key go together") }
    if !(0...65535).contains(port) { throw ValidationError("--port takes a number from 0 to 65535") }
    if !(1...100_000).contains(tickers) { throw ValidationError("--tickers takes a number from 1 to 100000") }
    if let rate, !(rate > 0 && rate <= 10_000_000) { throw ValidationError("--rate takes a number above 0") }
  }

  func run() async throws {
    try await reportingFailures {
      var output = Output()
      if listSwitches {
        output.text.append(SimulatorSwitches.list)
        return try output.flush()
      }
      var configuration = GatewaySimulator.Configuration(port: port, seed: seed, tickers: tickers, rate: rate)
      configuration.accounts = try account.map(Self.account)
      configuration.switches = try Self.switches(with)
      if let path = marketStructure {
        configuration.structureBody = try Input.whole(path: path, limit: Structure.maximumBodyLength)
      }
      if let tlsCert, let tlsKey {
        configuration.certificate = GatewaySimulator.Configuration.Certificate(chainFile: tlsCert, keyFile: tlsKey)
      }
      if let path = replay {
        configuration.replay = ReplaySession.Configuration(
          replay: try ReplayFile.read(path), speed: speed.flatMap { ReplaySpeed($0) } ?? .times(1), loops: loop,
          accounts: configuration.accounts, structureBody: configuration.structureBody)
      }
      let simulator: GatewaySimulator
      do {
        simulator = try await GatewaySimulator.start(configuration)
      } catch let error as TransportError {
        let detail = error.message + (error.underlying.map { " (\($0))" } ?? "")
        throw Failure(Failure.fileStatus(error) ?? .unreachable, "the simulator cannot listen: \(detail)")
      } catch {
        throw Failure(.unreachable, "the simulator cannot listen: \(error)")
      }
      output.text.append(simulator.url + "\n")
      try output.flush()
      await Self.wait(duration?.duration, simulator)
      await simulator.stop()
    }
  }

  /// Until a signal, or for that time.
  static func wait(_ duration: Duration?, _ simulator: GatewaySimulator) async {
    await withTaskGroup(of: Void.self) { group in
      if Progress.isShown { group.addTask { try? await tell(simulator) } }
      group.addTask { await Interruption.first() }
      if let duration { group.addTask { try? await Task.sleep(for: duration) } }
      await group.next()
      group.cancelAll()
    }
  }

  private static func tell(_ simulator: GatewaySimulator) async throws {
    var before = 0
    try await Progress.tell { _ in
      guard let now = try? await simulator.statistics() else { return "ending" }
      defer { before = now.packets }
      return text(now, before: before)
    }
  }

  /// `2 connections, 5 subscriptions, 812 packets sent (40/s)`.
  static func text(_ now: GatewaySimulator.Statistics, before: Int) -> String {
    let skipped = now.skippedPackets > 0 ? ", \(now.skippedPackets) left out for readers that are away" : ""
    let parts = [
      Warnings.count(now.openConnections, "connection"), Warnings.count(now.openSubscriptions, "subscription"),
      "\(Warnings.count(now.packets, "packet")) sent (\(now.packets - before)/s)\(skipped)",
    ]
    return parts.joined(separator: ", ")
  }

  private static func account(_ text: String) throws -> Account {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw Failure(.usage, "--account takes DOMAIN:LOGIN:PASSCODE")
    }
    return Account(domain: parts[0], login: parts[1], passcode: parts[2])
  }

  static func switches(_ texts: [String]) throws -> SimulatorSwitches {
    var switches = SimulatorSwitches()
    for text in texts {
      do {
        try switches.set(text)
      } catch {
        throw Failure(.usage, "--with \(text): \(error)")
      }
    }
    return switches
  }
}
