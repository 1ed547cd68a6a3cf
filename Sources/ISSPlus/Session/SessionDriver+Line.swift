import Capture
import Logging
import MarketData
import NIOCore
import STOMP
import WebSocketTransport

/// The line, and what comes over it.
extension SessionDriver {
  func connect() {
    lineNumber += 1
    let line = Line(number: lineNumber)
    self.line = line
    record(.open, ByteBuffer())
    connector.connect(LineHandler(driver: self, line: line))
  }

  private func record(_ kind: CaptureRecord.Kind, _ message: ByteBuffer, at time: Int64? = nil) {
    recorder?.record(kind, message, connection: number, at: time ?? wallClock())
  }

  func attemptFailed(_ line: Line, _ error: any Error) {
    guard line === self.line, line.connection == nil, !line.isOver else { return }
    line.isOver = true
    record(.close, ByteBuffer())
    recorder?.flush()
    let transport = error as? TransportError
    let message =
      "\(configuration.url): \(transport?.message ?? "\(error)")\(transport?.underlying.map { " (\($0))" } ?? "")"
    let isUsage = transport?.code == .invalidURL || transport?.code == .unsupported
    let timeouts: [TransportError.Code] = [.connectTimeout, .proxyTimeout, .tlsTimeout, .upgradeTimeout]
    let isTimeout = transport.map { timeouts.contains($0.code) } ?? false
    let code: ISSPlusError.Code = isUsage ? .usage : isTimeout ? .timeout : .unreachable
    handle(
      .lineFailed(
        ISSPlusError(code, message, transport: transport, isRetriable: transport?.isRetriable ?? true)))
  }

  func opened(_ line: Line, _ connection: any SessionConnection) {
    guard line === self.line, !line.isOver else { return connection.abort() }
    line.connection = connection
    if line.isClosing { return connection.close() }
    handle(.lineOpened)
  }

  func received(_ line: Line, _ message: ByteBuffer) {
    guard line === self.line, !line.isOver, !line.isClosing, !isShuttingDown else { return }
    let time = wallClock()
    counters.messages += 1
    counters.bytes += message.readableBytes
    let wantsStamp = !hasStamp
    if wantsStamp { feed.wantsStamp = true }
    record(.incoming, message, at: time)
    // Changes are handed over at once, all else after the feed has let go of itself, in order.
    var controls: [Control] = []
    var fault: ISSPlusError?
    do {
      try feed.receive(
        message, at: time,
        changes: { table, changes in
          if deliver(&changes, table) { controls.append(.answered(table.subscriptionID)) }
        }, others: { controls.append(.event($0)) })
    } catch {
      fault = ISSPlusError(.protocolViolation, "the gateway sent what is no STOMP: \(error)", isRetriable: true)
    }
    for control in controls {
      switch control {
      case .answered(let id): handle(.message(subscriptionID: id))
      case .event(let event): take(event)
      }
    }
    if let fault { handle(.fault(fault, isFinal: false)) }
    if wantsStamp, let stamp = feed.stamp.take() { noteLatency(stamp, at: time) }
    if !full.isEmpty { adaptReading() }
  }

  /// What a message brought beside changes.
  private enum Control {
    /// The first packet of a subscription.
    case answered(String)
    case event(FeedEvent)
  }

  /// The client has stopped: nothing of the line counts or is recorded any more.
  func endLine() {
    timer?.cancel()
    timer = nil
    timerDeadline = nil
    guard let line else { return }
    if !line.isOver {
      line.isOver = true
      record(.close, ByteBuffer())
      recorder?.flush()
    }
    line.close()
  }

  func readCompleted() {
    recorder?.flush()
    hasStamp = false
    reportMetrics()
  }

  func closed(_ line: Line, _ reason: CloseReason) {
    guard line === self.line, !line.isOver else { return }
    line.isOver = true
    record(.close, ByteBuffer())
    recorder?.flush()
    handle(.lineClosed(Self.error(reason)))
  }

  private static func error(_ reason: CloseReason) -> ISSPlusError {
    let words: String
    var transport: TransportError?
    switch reason {
    case .clean(let code, let text):
      words = "the gateway closed the line with code \(code)\(text.isEmpty ? "" : " (\(text))")"
    case .peerClosedWithoutHandshake: words = "the line ended without a close handshake"
    case .error(let error):
      words = error.description
      transport = error
    case .pingTimeout: words = "the gateway did not answer a ping in time"
    case .localAbort: words = "the line was cut"
    }
    let violations: [TransportError.Code] = [.protocolViolation, .invalidUTF8, .messageTooBig]
    let isViolation = transport.map { violations.contains($0.code) } ?? false
    return ISSPlusError(
      isViolation ? .protocolViolation : .lineLost, "the line was lost: \(words)", transport: transport,
      isRetriable: true)
  }

  func send(_ frame: Frame) {
    guard let connection = line?.connection else { return }
    var message = ByteBuffer()
    do {
      try encoder.encode(frame, into: &message)
    } catch {
      // Selectors and ids are made of safe characters, credentials are checked when the client is made.
      return handle(.fault(ISSPlusError(.usage, "\(frame.command) cannot be written: \(error)"), isFinal: true))
    }
    // What it asks for opens its table: what comes before is late.
    feed.send(frame)
    record(.outgoing, message)
    connection.send(message)
  }

  // MARK: Events

  private func take(_ event: FeedEvent) {
    switch event {
    case .connected(let structure, let error):
      self.structure = structure
      if let error {
        log(.info, "The structure of CONNECTED is not used", ["error": "\(error)"])
        notice(.structureUnused, "the structure of CONNECTED is not used: \(error)")
      }
      handle(.connected)
    case .changes: break
    case .state(let table, _, let state):
      deliverState(table)
      if state == .live { handle(.live(subscriptionID: table.subscriptionID)) }
    case .refused(let table, let error):
      counters.refusedPackets += 1
      let name = table.ticker.isEmpty ? table.destination : "\(table.destination) \(table.ticker)"
      let what = "\(name): packet refused: \(error)"
      if configuration.reconnects { notice(.packetRefused, what) }
      handle(
        .badPacket(
          subscriptionID: table.subscriptionID,
          ISSPlusError(.protocolViolation, what, packet: error, isRetriable: true)))
    case .droppedColumns(let table, let columns):
      log(
        .info, "Columns unknown to the schema are left out",
        ["destination": "\(table.destination)", "columns": "\(columns.joined(separator: ","))"])
      let names = columns.joined(separator: ", ")
      notice(
        .droppedColumns,
        "\(table.destination) \(table.ticker): columns unknown to its schema are left out: \(names)")
    case .ignoredRemoval(let table):
      log(
        .info, "A removal says nothing for a table without a key", ["destination": "\(table.destination)"])
      notice(.ignoredRemoval, "\(table.destination): `removal` says nothing for a table without a key, skipped")
    case .withoutColumns(let table):
      notice(
        .withoutColumns,
        "\(table.destination) \(table.ticker): nothing declares its columns: skipped until the first snapshot")
    case .outOfOrder(let table, let seqnum, let before):
      log(
        .info, "A sequence number did not grow",
        ["destination": "\(table.destination)", "seqnum": "\(seqnum)", "after": "\(before)"])
      let deed = configuration.dropsOutOfOrder ? "dropped" : "applied as it came"
      notice(.outOfOrder, "\(table.destination) \(table.ticker): seqnum \(seqnum) came after \(before); \(deed)")
    case .reply(let reply):
      doneReplies[reply.requestID] = reply
      handle(.reply(requestID: reply.requestID))
      doneReplies[reply.requestID] = nil
    case .refusedReply(let id, let error):
      handle(.badReply(requestID: id, error))
    case .receipt(let id): handle(.receipt(id))
    case .refusal(let refusal): handle(.refusal(refusal.hiding(configuration.credentials.passcode)))
    case .closed: handle(.closed)
    case .late: counters.lateFrames += 1
    case .unknown: counters.unknownFrames += 1
    }
  }

  /// Hands changes over, within the feed's access to itself: touches no feed and no machine.
  ///
  /// - Returns: whether they are the first answer to the SUBSCRIBE that is out.
  private func deliver(_ changes: inout ChangeSet, _ table: TableIdentity) -> Bool {
    counters.packets += 1
    counters.changes += changes.count
    guard let delivery = delivery(ofTable: table.number) else { return false }
    if changes.properties.kind == .snapshot, delivery.standing.state != .live {
      stand(delivery, Standing(state: .live, since: changes.received))
    }
    if measuresSilence { delivery.lastHeard = loop.now }
    let isFirst = !delivery.isAnswered
    delivery.isAnswered = true
    // A sink that wants no rows wants states alone.
    if !delivery.wantsRows, delivery.offered == delivery.standing { return isFirst }
    let wakes = line?.wakes
    let room = delivery.sink.offer(&changes, delivery.standing, wakes)
    delivery.offered = delivery.standing
    switch room {
    case .taken: break
    case .merged: counters.conflatedPackets += 1
    case .full: full = full.union([delivery.id])
    }
    wakes?.countOne()
    return isFirst
  }

  /// The state of a table, and the time that it is stale.
  private func stand(_ delivery: Delivery, _ standing: Standing) {
    delivery.standing = standing
    switch standing.state {
    case .stale: if delivery.staleSince == nil { delivery.staleSince = loop.now }
    case .awaitingSnapshot, .live:
      guard let since = delivery.staleSince.take() else { return }
      countStale(since)
    }
  }

  /// The way from the gateway to here, once a read: a figure a packet would cost each packet.
  private func noteLatency(_ stamp: Int64, at time: Int64) {
    hasStamp = true
    // A stamp that no clock gives is no measurement.
    guard abs(stamp) < 1 << 43 else { return }
    let latency = Duration.nanoseconds(time - stamp * 1_000_000)
    counters.lastLatency = latency
    metrics?.packetTook(latency)
  }

  /// Tells the state of a table as it is now: what was true when the event was made may be over.
  func deliverState(_ identity: TableIdentity) {
    let table = feed.tables[identity.number]
    guard table.identity === identity, let delivery = delivery(ofTable: identity.number) else { return }
    guard let schema = table.schema else { return }
    if delivery.standing.state != table.state {
      stand(delivery, Standing(state: table.state, since: wallClock()))
    }
    let room = delivery.sink.offer(delivery.standing, schema: schema, table: { table.table })
    delivery.offered = delivery.standing
    if case .full = room {
      full = full.union([delivery.id])
      adaptReading()
    }
  }
}
