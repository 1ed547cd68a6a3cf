internal import MarketData
internal import NIOCore
internal import STOMP

/// What a client may say to a replay, and the answers.
extension ReplaySession {
  func handle(_ frame: Frame, at now: GatewayTime) {
    let isConnected = phase == .connected
    switch frame.command.known {
    case .connect, .stomp: connect(frame, at: now)
    case .disconnect:
      if let receipt = frame.headers["receipt"] { sendReceipt(receipt) }
      end(after: 0, at: now)
    case .subscribe where isConnected: subscribe(frame, at: now)
    case .unsubscribe where isConnected: unsubscribe(frame)
    case .request where isConnected: request(frame, at: now)
    case .subscribe, .unsubscribe, .request, .send, .connected, .error, .receipt, .message, .reply, .closed, nil:
      if isConnected {
        refuse(.notImplemented, "\(frame.command.name) is not implemented", to: frame)
      } else {
        refuse(.notConnected, to: frame)
      }
    }
  }

  private func connect(_ frame: Frame, at now: GatewayTime) {
    guard phase == .awaitingConnect else { return refuse(.invalidRequest, "Already connected", to: frame) }
    let headers = frame.headers
    let given = Account(
      domain: headers["domain"] ?? "", login: headers["login"] ?? "", passcode: headers["passcode"] ?? "")
    guard given == .guest || configuration.accounts.contains(given) else {
      refuse(.accessDenied, to: nil)
      return end(after: 100_000, at: now)
    }
    phase = .connected
    guard configuration.structureBody == nil, let recorded = replay.connected else {
      let body = configuration.structureBody ?? Self.builtInBody
      var connected = ServerFrame("CONNECTED", reserving: body.readableBytes)
      connected.header("content-length", String(body.readableBytes))
      actions.append(.send(connected.end(body: body.readableBytesView)))
      return
    }
    var connected = ServerFrame(like: recorded, values: [:])
    actions.append(.send(connected.end(body: recorded.body.readableBytesView)))
  }

  private static let builtInBody = Catalogue.builtIn.connectedBody()

  private func subscribe(_ frame: Frame, at now: GatewayTime) {
    let id = frame.headers["id"] ?? ""
    guard numbers[id] == nil else {
      return refuse(.invalidRequest, "There is a subscription with this id", to: frame)
    }
    let destination = frame.headers["destination"] ?? ""
    let selector = frame.headers["selector"] ?? ""
    guard let stream = stream(destination, selector, id: id) else {
      return refuse(.invalidRequest, complaint(destination, selector), to: frame)
    }
    let receipt = frame.headers["receipt"]
    // What was refused when it was recorded is refused, not confirmed.
    let isRefused = replay.streams[stream].items.first.map { replay.items[$0].frame.command.known == .error } ?? false
    if let receipt, !isRefused { sendReceipt(receipt) }
    begin(Playing(id: id, receipt: receipt, stream: stream), at: now)
  }

  /// The recorded stream for a SUBSCRIBE: of several that were asked for alike, one that is not being played yet.
  private func stream(_ destination: String, _ selector: String, id: String) -> Int? {
    let key = SelectorKey(selector)
    let there = replay.streams.indices.filter { replay.streams[$0].destination == destination }
    var fitting = there.filter { replay.streams[$0].selector == key }
    if fitting.isEmpty {
      // Their SUBSCRIBE was not recorded: which one is meant must be clear.
      fitting = there.filter { replay.streams[$0].selector == nil }
      if fitting.count > 1 { fitting = fitting.filter { replay.streams[$0].id == id } }
    }
    let busy = Set(playing.values.map(\.stream))
    return fitting.first { !busy.contains($0) } ?? fitting.first
  }

  private func complaint(_ destination: String, _ selector: String) -> String {
    let named = selector.isEmpty ? destination : "\(destination) \(selector)"
    let unclear = replay.streams.count { $0.destination == destination && $0.selector == nil }
    if unclear > 1 {
      return "The recording has \(unclear) subscriptions of \(destination) without their SUBSCRIBE; ask by their id"
    }
    var names: [String] = []
    for name in replay.subscriptions where !names.contains(name) && names.count < 6 { names.append(name) }
    let list = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and more" : "")
    return "Not in the recording: \(named); it has \(list.isEmpty ? "no subscriptions" : list)"
  }

  private func unsubscribe(_ frame: Frame) {
    guard let number = numbers[frame.headers["id"] ?? ""] else {
      return refuse(.invalidRequest, "There is no subscription with this id", to: frame)
    }
    forget(number)
    if let receipt = frame.headers["receipt"] { sendReceipt(receipt) }
  }

  /// A request that was made several times gets the answers in their order, then the last one again.
  private func request(_ frame: Frame, at now: GatewayTime) {
    let destination = frame.headers["destination"] ?? ""
    let selector = frame.headers["selector"] ?? ""
    let key = SelectorKey(selector)
    let recorded = replay.answers.filter { $0.destination == destination && $0.selector == key }
    guard let last = recorded.last else {
      return refuse(.invalidRequest, "Not in the recording: \(destination) \(selector)", to: frame)
    }
    let name = "\(destination)\n\(selector)"
    let turn = asked[name, default: 0]
    asked[name] = turn + 1
    let answered = turn < recorded.count ? recorded[turn] : last
    var copy = ServerFrame(like: answered.frame, values: ["request-id": frame.headers["id"] ?? ""])
    answer(copy.end(body: answered.frame.body.readableBytesView), after: answered.latency, at: now)
  }

  private func sendReceipt(_ id: String) {
    var frame = ServerFrame("RECEIPT")
    frame.header("receipt-id", id)
    actions.append(.send(frame.end()))
  }

  /// Answers with an ERROR that names what it belongs to; without a frame it names nothing and has no body, as recorded
  /// of a refused CONNECT.
  func refuse(_ code: GatewayErrorCode, _ text: String? = nil, to frame: Frame?) {
    let text = text ?? code.text
    let body = frame == nil ? "" : code.rawValue + ": " + text
    var error = ServerFrame("ERROR", reserving: body.utf8.count)
    if !body.isEmpty { error.header("content-length", String(body.utf8.count)) }
    error.header("message", text)
    let id = frame?.headers["id"] ?? ""
    switch frame?.command.known {
    case .request: error.header("request-id", id)
    case .subscribe, .unsubscribe: error.header("subscription", id)
    case .connect, .stomp, .disconnect, .send, .connected, .error, .receipt, .message, .reply, .closed, nil: break
    }
    if frame?.command.known != .request, let receipt = frame?.headers["receipt"] { error.header("receipt-id", receipt) }
    actions.append(.send(error.end(body: body.utf8)))
  }
}
