package import MarketData
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
public import ServiceLifecycle
import WebSocketTransport

/// A client of an ISS+ gateway: one session or several, many subscriptions.
///
/// The shortest way is `withISSPlus`. As a service of ServiceLifecycle, `run()` connects and stays until a graceful
/// shutdown or a failure that no further attempt can mend.
public final class ISSPlusClient: Service {
  private let session: SessionOwner
  private let configuration: ISSPlusConfiguration
  private let namespace = String(UInt32.random(in: .min ... .max), radix: 36)
  private let counter = NIOLockedValueBox(0)

  /// A client that is not connected yet.
  ///
  /// - Throws: `ISSPlusError` with code `usage` when the URL is none, or when credentials other than the guest's would
  ///   travel over ws:// to another host and nobody said so.
  public init(_ configuration: ISSPlusConfiguration = ISSPlusConfiguration()) throws(ISSPlusError) {
    let url: WebSocketURL
    do {
      url = try WebSocketURL(configuration.url)
    } catch {
      throw ISSPlusError(.usage, error.message, transport: error)
    }
    try Self.check(configuration, url)
    self.configuration = configuration
    let options = try LineOptions(configuration, url)
    session = SessionOwner(
      configuration, url: url, options: options, loop: MultiThreadedEventLoopGroup.singleton.next())
  }

  private static func check(_ configuration: ISSPlusConfiguration, _ url: WebSocketURL) throws(ISSPlusError) {
    let most = ISSPlusConfiguration.maximumConnections
    guard (1...most).contains(configuration.connections) else {
      throw ISSPlusError(.usage, "\(configuration.connections) connections: there can be from 1 to \(most)")
    }
    let isSafe = url.isSecure || url.isLoopback || configuration.credentials.isGuest
    if !isSafe, !configuration.allowsPlaintextCredentials {
      throw ISSPlusError(
        .usage, "the passcode would travel in plain text over ws:// to \(url.host); use wss://, or allow it expressly")
    }
    do {
      _ = try configuration.encodedConnect(host: url.host)
    } catch {
      throw ISSPlusError(.usage, "the credentials cannot be sent: \(error)")
    }
  }

  // MARK: Life

  /// Connects and waits for CONNECTED on every connection.
  ///
  /// - Throws: `ISSPlusError`: `unreachable`, `timeout`, `accessDenied`, `refused`. A first attempt that fails, fails;
  ///   only a session that has been connected is connected again. `CancellationError` when the task is cancelled; the
  ///   client itself goes on until `shutdown()`.
  public func connect() async throws {
    let waiter = nextNumber()
    try await session.wait {
      $0.start(waiter)
    } cancel: {
      $0.cancelStart(waiter)
    }
  }

  /// Connects and stays until a graceful shutdown, cancellation, or a failure that no further attempt can mend.
  ///
  /// - Throws: the `ISSPlusError` that stopped the client.
  public func run() async throws {
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        do {
          try await connect()
        } catch let error as ISSPlusError where error.code == .closed {
          // Shut down before it was connected.
        } catch is CancellationError {
          // Shut down by `onCancel`.
        }
        if let error = try await stopped() { throw error }
      } onGracefulShutdown: {
        self.beginShutdown()
      }
    } onCancel: {
      self.beginShutdown()
    }
  }

  /// Gives all subscriptions up, disconnects and waits until the line has ended, for a bounded time.
  public func shutdown() async {
    beginShutdown()
    _ = try? await stopped()
  }

  private func beginShutdown() { session.execute { $0.shutdown() } }

  private func stopped() async throws -> ISSPlusError? {
    try await session.begin { $0.stopped }.get()
  }

  /// Where the client stands, now and from now on; ends when it has stopped. A late reader gets the newest states.
  ///
  /// With several connections: `connected` when all are, `waiting` while one waits, stopped when all are.
  public func states() async -> AsyncStream<ClientState> {
    let stream = try? await session.submit { $0.watchStates() }
    return stream ?? AsyncStream { $0.finish() }
  }

  /// How many readers of the state there are.
  func watcherCount() async -> Int { (try? await session.submit { $0.watchers }) ?? 0 }

  /// Where each connection stands now, by its number.
  public func connectionStates() async -> [ClientState] { (try? await session.submit { $0.states }) ?? [] }

  /// Counts since the client was made, over all connections.
  public func counters() async -> SessionCounters {
    let counters = try? await session.submit { $0.counters }
    return counters ?? SessionCounters()
  }

  /// The structure of the last CONNECTED; `nil` before it, or when its body was none.
  public func structure() async -> Structure? {
    let structure = try? await session.submit { $0.structure }
    return structure ?? nil
  }

  /// Records everything that goes over the lines as a capture, for `issplus decode` and `issplus simulate --replay`;
  /// before `connect()`, because a recording without its beginning has no tables. The file is made or emptied; the
  /// passcode is not written. An error while it is written stops the client, as `ISSPlusConfiguration.recording` says.
  ///
  /// ```swift
  /// let client = try ISSPlusClient()
  /// try await client.record(to: "day.capture")
  /// try await client.connect()
  /// ```
  ///
  /// - Throws: `ISSPlusError`: `usage` when the client has begun to connect or records already, and then the file is as
  ///   it was; `recording` when it cannot be written.
  public func record(to path: String) async throws {
    try await session.begin { $0.beginRecording(to: path) }.get()
  }

  /// Where a task runs that must see a change as soon as it has been read: the thread that reads the client's lines.
  ///
  /// A change otherwise wakes another thread, which takes longer than decoding it. All that such a task does holds up
  /// every line of the client, so it must be short and must never wait for anything but the client:
  ///
  /// ```swift
  /// let reader = Task(executorPreference: client.executor) {
  ///   for try await update in book.changes { print(update.changes.count, update.state) }
  /// }
  /// ```
  public var executor: any TaskExecutor { session.executor }

  // MARK: Asking

  /// Subscribes and waits until the gateway has confirmed it, by RECEIPT or by the first MESSAGE.
  ///
  /// - Parameters:
  ///   - destination: for example `MXSE.securities`; what the structure does not list is asked for all the same.
  ///   - selector: the terms; none for streams that need none.
  ///   - delivery: what a slow consumer gets.
  /// - Throws: `ISSPlusError`: `refused` with the gateway's code, `timeout`, `closed`; `CancellationError` when the task
  ///   is cancelled, and the subscription is given up.
  public func subscribe(
    _ destination: String, _ selector: Selector = Selector(), delivery: DeliveryMode = .conflate
  ) async throws -> Subscription {
    let text = selector.terms.isEmpty ? nil : selector.text
    return try await subscribe(destination, selectorText: text, delivery: delivery)
  }

  /// Subscribes to one instrument; the parameter's name is spelt as the structure has it.
  ///
  /// - Throws: as `subscribe(_:_:delivery:)`, and `usage` when the ticker cannot stand in a selector.
  public func subscribe(
    _ destination: String, ticker: String, delivery: DeliveryMode = .conflate
  ) async throws -> Subscription {
    let name = Catalogue.builtIn[destination]?.tickerParameter?.name ?? "TICKER"
    return try await subscribe(destination, Self.selector([(name, ticker)]), delivery: delivery)
  }

  /// Subscribes with the text of a selector as it is; `nil` sends no selector.
  ///
  /// - Throws: as `subscribe(_:_:delivery:)`, and `usage` for a text that no header can hold.
  public func subscribe(
    _ destination: String, selectorText: String?, delivery: DeliveryMode = .conflate
  ) async throws -> Subscription {
    let (subscription, confirmed) = try begin(destination, selectorText: selectorText, delivery: delivery)
    do {
      try await withTaskCancellationHandler {
        try await confirmed.get()
      } onCancel: {
        subscription.owner.giveUp()
      }
    } catch {
      try Task.checkCancellation()
      throw error
    }
    try Task.checkCancellation()
    return subscription
  }

  /// Subscribes without waiting for the confirmation; what fails later ends the changes with its error.
  func begin(
    _ destination: String, selectorText: String?, delivery: DeliveryMode
  ) throws(ISSPlusError) -> (Subscription, EventLoopFuture<Void>) {
    let request = SubscriptionRequest(id: nextID(), destination: destination, selector: selectorText)
    try Self.check(request)
    let queue = DeliveryQueue(
      delivery, looseRowLimit: configuration.looseRowLimit, onRoom: session.roomTeller(request.id))
    let owner = Subscription.Owner(id: request.id, session: session)
    let confirmed = session.begin { $0.subscribe(request, sink: queue) }
    return (Subscription(request, queue: queue, owner: owner), confirmed)
  }

  /// Subscribes into a queue that several subscriptions share; what fails ends it there with its error.
  ///
  /// - Throws: `usage` for a text that no header can hold.
  package func subscribe(
    _ destination: String, selectorText: String?, into queue: MergedQueue
  ) throws(ISSPlusError) -> String {
    let request = SubscriptionRequest(id: nextID(), destination: destination, selector: selectorText)
    try Self.check(request)
    let sink = queue.port(onRoom: session.roomTeller(request.id))
    session.execute { _ = $0.subscribe(request, sink: sink) }
    return request.id
  }

  /// The table of a subscription as it stands; `nil` before its columns are known.
  package func table(_ id: String) async -> KeyedTable? {
    let table = try? await session.submit { $0.table(id) }
    return table ?? nil
  }

  /// Asks once and waits for the reply.
  ///
  /// - Throws: `ISSPlusError`: `refused`, `timeout` (which says what was asked), `lineLost`, `closed`;
  ///   `CancellationError` when the task is cancelled.
  public func request(_ destination: String, _ selector: Selector = Selector()) async throws -> Reply {
    try await request(destination, selectorText: selector.terms.isEmpty ? nil : selector.text)
  }

  /// Asks once with the text of a selector as it is; `nil` sends no selector.
  ///
  /// - Throws: as `request(_:_:)`.
  public func request(_ destination: String, selectorText: String?) async throws -> Reply {
    let request = SubscriptionRequest(id: nextID(), destination: destination, selector: selectorText)
    try Self.check(request)
    return try await session.wait {
      $0.request(request)
    } cancel: {
      $0.cancelRequest(request.id)
    }
  }

  /// The order book of an instrument, live: each element is the book as it stands.
  ///
  /// Subscribes when the iteration begins and gives the subscription up when it ends. A book says by `state` whether it
  /// is the market's; conflated, so that a slow reader sees the newest.
  ///
  /// - Parameter ticker: the full name, for example `MXSE.TQBR.SBER`; its first part names the market.
  public func orderBook(_ ticker: String) -> OrderBooks { OrderBooks(client: self, ticker: ticker) }

  static func selector(_ terms: [(String, String)]) throws(ISSPlusError) -> Selector {
    do {
      return try Selector(terms.map { (name: $0.0, value: $0.1) })
    } catch {
      throw ISSPlusError(.usage, error.description)
    }
  }

  private static func check(_ request: SubscriptionRequest) throws(ISSPlusError) {
    for text in [request.destination, request.selector ?? ""] {
      if text.utf8.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) {
        throw ISSPlusError(.usage, "a destination or selector must not hold line ends or NUL")
      }
    }
  }

  private func nextNumber() -> Int {
    counter.withLockedValue {
      $0 += 1
      return $0
    }
  }

  private func nextID() -> String { "\(namespace)-\(nextNumber())" }
}

/// Connects, runs the body with the client, and disconnects on every way out.
///
/// ```swift
/// try await withISSPlus { client in
///   for try await book in client.orderBook("MXSE.TQBR.SBER") {
///     guard let bid = book.bestBid, let ask = book.bestAsk else { continue }
///     print(bid.price, ask.price)
///   }
/// }
/// ```
///
/// - Throws: `ISSPlusError` when the gateway cannot be reached or refuses; what the body throws.
public func withISSPlus<Result>(
  _ configuration: ISSPlusConfiguration = ISSPlusConfiguration(),
  _ body: (ISSPlusClient) async throws -> Result
) async throws -> Result {
  let client = try ISSPlusClient(configuration)
  do {
    try await client.connect()
    let result = try await body(client)
    await client.shutdown()
    return result
  } catch {
    await client.shutdown()
    throw error
  }
}
