internal import NIOCore
internal import STOMP

/// Frames to the client.
extension GatewaySession {
  /// Queues a message. Where two frames travel in one, a packet waits for the next frame of the same call.
  func send(_ frame: ByteBuffer, mayWait: Bool = false) {
    guard var waiting = waitingFrame else {
      if settings.joinsFrames, mayWait { waitingFrame = frame } else { actions.append(.send(frame)) }
      return
    }
    waitingFrame = nil
    waiting.writeImmutableBuffer(frame)
    actions.append(.send(waiting))
  }

  func flushWaitingFrame() {
    guard let waiting = waitingFrame else { return }
    waitingFrame = nil
    actions.append(.send(waiting))
  }

  func sendReceipt(_ id: String) {
    var frame = ServerFrame("RECEIPT")
    frame.header("receipt-id", id)
    send(frame.end(), mayWait: true)
  }

  /// Answers with an ERROR that names what it belongs to.
  func refuse(
    _ code: GatewayErrorCode, _ text: String? = nil, to frame: Frame?, isConnect: Bool = false, at now: GatewayTime
  ) {
    let text = text ?? code.text
    var place = settings.codePlace
    if place == .recorded { place = isConnect ? .none : .body }
    let body = place == .body ? code.rawValue + ": " + text : ""
    var error = ServerFrame("ERROR", reserving: body.utf8.count)
    if !body.isEmpty { error.header("content-length", String(body.utf8.count)) }
    if place == .header { error.header("error-code", code.rawValue) }
    error.header("message", place == .text ? code.rawValue + ": " + text : text)
    switch frame?.command.known {
    case .request: error.header("request-id", frame?.headers["id"] ?? "")
    case .subscribe, .unsubscribe:
      if let receipt = frame?.headers["receipt"] { error.header("receipt-id", receipt) }
      error.header("subscription", frame?.headers["id"] ?? "")
    case .connect, .stomp, .disconnect, .send, .connected, .error, .receipt, .message, .reply, .closed, nil:
      if let receipt = frame?.headers["receipt"] { error.header("receipt-id", receipt) }
    }
    send(error.end(body: body.utf8))
  }

  // MARK: Packets

  func properties(of packet: Packet, at now: GatewayTime) -> PacketProperties {
    PacketProperties(
      kind: packet.kind, seqnum: market.nextSeqnum(settings.seqnum), milliseconds: now.milliseconds,
      hasPublished: settings.hasPublished)
  }

  func sendMessage(_ packet: Packet, to subscription: Subscription, at now: GatewayTime) {
    let packet = settings.hasUnknownColumn ? Self.withUnknownColumn(packet) : packet
    scratch.removeAll()
    let properties = properties(of: packet, at: now)
    subscription.seqnum = properties.seqnum
    scratch.append(packet, properties: properties)
    var message = ServerFrame("MESSAGE", reserving: scratch.bytes.count)
    message.header("content-length", String(scratch.bytes.count))
    message.header("destination", subscription.destination)
    message.header("subscription", subscription.id)
    message.header("X-gateway-stamp", String(now.milliseconds + 1))
    packetCount += 1
    subscription.packetCount += 1
    sendWithFaults(message.end(body: scratch.bytes), body: scratch.bytes.count, to: subscription)
    if let every = settings.errorEvery, packetCount.isMultiple(of: every) { failSubscription(subscription, at: now) }
    strikeAfterPacket(at: now)
    if phase == .closed || isMute { return }
    if let every = settings.unknownCommandEvery, packetCount.isMultiple(of: every) {
      var notice = ServerFrame("NOTICE")
      notice.header("message", "A command that no client knows")
      send(notice.end())
    }
  }

  /// An ERROR in mid-stream that names a subscription; its stream has ended.
  private func failSubscription(_ subscription: Subscription, at now: GatewayTime) {
    guard subscriptions.remove(id: subscription.id) != nil else { return }
    market.subscriptionCount -= 1
    refuse(.transport, to: Frame(.subscribe, headers: ["id": subscription.id]), at: now)
  }

  private static func withUnknownColumn(_ packet: Packet) -> Packet {
    guard packet.kind != .removal, !packet.columns.isEmpty else { return packet }
    let rows = packet.rows
    var wider = packet
    wider.columns.append("X_UNDECLARED")
    wider.cells = rows.enumerated().flatMap { place, row in row + [.integer(Int64(place))] }
    return wider
  }

  // MARK: Schedule

  func schedule(_ subscription: Subscription, at now: GatewayTime) {
    // It may have ended with its last packet.
    guard subscriptions.subscription(number: subscription.number) != nil else { return }
    if let interval = market.pacedInterval {
      // Subscriptions made together are spread over the interval.
      let share = subscription.isSpread ? 0 : RandomSource.hash(market.seed, subscription.number)
      subscription.isSpread = true
      let wait = share == 0 ? interval : Int64(share % UInt64(interval)) + 1
      subscription.due = subscription.due.advanced(byMicroseconds: wait)
      // What could not be kept up with is not made up for.
      if subscription.due < now.advanced(byMicroseconds: -200_000) { subscription.due = now }
    } else {
      subscription.due = now.advanced(byMicroseconds: subscription.feed.pause())
    }
    queue.add(DueQueue.Entry(due: subscription.due, number: subscription.number))
  }

  /// So many packets at most in one go, so that the event loop stays responsive.
  private static var mostPacketsAtOnce: Int { 256 }

  func sendDuePackets(at now: GatewayTime, canSend: Bool) {
    var left = Self.mostPacketsAtOnce
    while left > 0, phase != .closed, !isMute, let entry = queue.first, entry.due <= now {
      queue.removeFirst()
      guard let subscription = subscriptions.subscription(number: entry.number) else { continue }
      left -= 1
      if market.isPaused {
        schedule(subscription, at: now)
        continue
      }
      if canSend { sendPacket(to: subscription, at: now) } else { skippedCount += 1 }
      schedule(subscription, at: now)
    }
  }

  private func sendPacket(to subscription: Subscription, at now: GatewayTime) {
    if let every = settings.snapshotEvery, (subscription.packetCount + 1).isMultiple(of: every) {
      return sendMessage(subscription.feed.snapshot(at: now), to: subscription, at: now)
    }
    guard let packet = subscription.feed.change(at: now, isForced: market.rate != nil) else { return }
    sendMessage(packet, to: subscription, at: now)
  }
}
