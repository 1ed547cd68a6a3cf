internal import MarketData
internal import NIOCore
internal import STOMP

/// What a client may say, and the answers.
extension GatewaySession {
  func handle(_ frame: Frame, at now: GatewayTime) {
    let isConnected = phase == .connected
    switch frame.command.known {
    case .connect, .stomp: connect(frame, at: now)
    case .disconnect:
      if let receipt = frame.headers["receipt"] { sendReceipt(receipt) }
      end(after: 0, at: now)
    case .subscribe where isConnected: subscribe(frame, at: now)
    case .unsubscribe where isConnected: unsubscribe(frame, at: now)
    case .request where isConnected: request(frame, at: now)
    case .subscribe, .unsubscribe, .request, .send, .connected, .error, .receipt, .message, .reply, .closed, nil:
      if isConnected {
        refuse(.notImplemented, "\(frame.command.name) is not implemented", to: frame, at: now)
      } else {
        refuse(.notConnected, to: frame, at: now)
      }
    }
  }

  // MARK: CONNECT

  private func connect(_ frame: Frame, at now: GatewayTime) {
    guard !settings.silent.contains("CONNECT") else { return }
    guard phase == .awaitingConnect else {
      return refuse(.invalidRequest, "Already connected", to: frame, at: now)
    }
    if let code = connectRefusal(frame) {
      refuse(code, to: frame, isConnect: true, at: now)
      // The client may try again where the line stays open.
      if !settings.staysAfterRefusal { end(after: 100_000, at: now) }
      return
    }
    language = frame.headers["language"].flatMap { Language(rawValue: $0) } ?? .english
    open(at: now)
    var connected = ServerFrame("CONNECTED", reserving: configuration.structureBody.readableBytes)
    connected.header("content-length", String(configuration.structureBody.readableBytes))
    if settings.hasConnectedStamp { connected.header("X-gateway-stamp", String(now.milliseconds)) }
    send(connected.end(body: configuration.structureBody.readableBytesView))
  }

  private func connectRefusal(_ frame: Frame) -> GatewayErrorCode? {
    if let forced = settings.errors["CONNECT"] { return forced }
    let headers = frame.headers
    if settings.isStrictConnect {
      let known: Set<String> = ["domain", "login", "passcode", "language"]
      if headers.contains(where: { !known.contains($0.name) }) { return .exception }
    }
    let given = Account(
      domain: headers["domain"] ?? "", login: headers["login"] ?? "", passcode: headers["passcode"] ?? "")
    return given == .guest || configuration.accounts.contains(given) ? nil : .accessDenied
  }

  // MARK: SUBSCRIBE and UNSUBSCRIBE

  private func subscribe(_ frame: Frame, at now: GatewayTime) {
    guard let (resource, selector) = check(frame, .stream, at: now) else { return }
    let id = frame.headers["id"] ?? ""
    guard subscriptions.subscription(id: id) == nil else {
      return refuse(.invalidRequest, "There is a subscription with this id", to: frame, at: now)
    }
    let language = selector.language(else: language)
    guard let feed = market.feed(for: resource, selector, language: language, settings: settings.feeds, at: now) else {
      return refuse(.invalidRequest, "Unknown ticker, or a value that is out of range", to: frame, at: now)
    }
    let subscription = Subscription(
      id: id, destination: resource.destination, selector: frame.headers["selector"] ?? "",
      number: subscriptions.nextNumber, feed: feed, due: now)
    subscriptions.add(subscription)
    market.subscriptionCount += 1
    let receipt = settings.receipts == .never ? nil : frame.headers["receipt"]
    if let receipt, settings.receipts == .before { sendReceipt(receipt) }
    sendMessage(feed.snapshot(at: now), to: subscription, at: now)
    if let receipt, settings.receipts == .after { sendReceipt(receipt) }
    schedule(subscription, at: now)
  }

  private func unsubscribe(_ frame: Frame, at now: GatewayTime) {
    guard let subscription = subscriptions.remove(id: frame.headers["id"] ?? "") else {
      return refuse(.invalidRequest, "There is no subscription with this id", to: frame, at: now)
    }
    market.subscriptionCount -= 1
    if settings.unsubscribes == .lateMessage {
      sendMessage(subscription.feed.snapshot(at: now), to: subscription, at: now)
    }
    if settings.unsubscribes != .never, let receipt = frame.headers["receipt"] { sendReceipt(receipt) }
  }

  // MARK: REQUEST

  private func request(_ frame: Frame, at now: GatewayTime) {
    guard let (resource, selector) = check(frame, .query, at: now) else { return }
    let language = selector.language(else: language)
    guard let packet = market.answer(resource, selector, language: language, at: now) else {
      return refuse(.invalidRequest, "Unknown ticker", to: frame, at: now)
    }
    scratch.removeAll()
    scratch.append(packet, properties: settings.hasReplyProperties ? properties(of: packet, at: now) : nil)
    var reply = ServerFrame("REPLY", reserving: scratch.bytes.count)
    reply.header("content-length", String(scratch.bytes.count))
    reply.header("destination", resource.destination)
    reply.header("request-id", frame.headers["id"] ?? "")
    reply.header("X-gateway-stamp", String(now.milliseconds + 1))
    send(reply.end(body: scratch.bytes))
  }

  /// Destination and selector when they are right; else the ERROR has been sent, or silence is wanted.
  private func check(_ frame: Frame, _ kind: Resource.Kind, at now: GatewayTime) -> (Resource, Selector)? {
    let destination = frame.headers["destination"] ?? ""
    if settings.silent.contains(destination) { return nil }
    if let forced = settings.errors[destination] {
      refuse(forced, to: frame, at: now)
      return nil
    }
    guard let resource = market.catalogue[destination], resource.kind == kind else {
      refuse(.invalidRequest, "Unknown resource: \(destination)", to: frame, at: now)
      return nil
    }
    let text = frame.headers["selector"]
    do {
      let selector = try Selector(text ?? "")
      let enumerations = market.enumerations(of: resource.market)
      let isMissing = text == nil && settings.needsSelector ? "the selector is missing" : nil
      guard let complaint = isMissing ?? selector.complaint(for: resource, enumerations: enumerations) else {
        return (resource, selector)
      }
      refuse(.invalidRequest, "Wrong parameters: \(complaint)", to: frame, at: now)
    } catch {
      refuse(.invalidRequest, "Wrong selector: \(error.description)", to: frame, at: now)
    }
    return nil
  }
}
