internal import NIOCore

/// Faults on purpose. The session decides them, whoever owns the line performs them.
extension GatewaySession {
  /// Lets the line go wrong now.
  public func strike(_ fault: LineFault, at now: GatewayTime) -> [GatewayAction] {
    guard phase != .closed, !isMute else { return [] }
    begin(fault, at: now)
    return takeActions()
  }

  func begin(_ fault: LineFault, at now: GatewayTime) {
    flushWaitingFrame()
    switch fault {
    case .cut:
      actions.append(.cut)
      vanish()
    case .reset:
      actions.append(.reset)
      vanish()
    case .silence: mute()
    case .halfOpen:
      actions.append(.hold)
      mute()
    case .closed:
      var frame = ServerFrame("CLOSED")
      send(frame.end())
      end(after: 100_000, at: now)
    case .error: refuse(.transport, to: nil, at: now)
    case .malformed: send(ByteBuffer(string: "MESSAGE\nno header\n\n\0"))
    }
  }

  /// The connection is over without a leave.
  private func vanish() {
    close()
    stopTimers()
  }

  private func mute() {
    market.subscriptionCount -= subscriptions.count
    subscriptions = SubscriptionTable()
    stopTimers()
    isMute = true
  }

  /// CONNECTED: from now on the moments of the faults count.
  func armFaults(at now: GatewayTime) {
    guard number <= settings.faultyLines else { return }
    for (fault, moment) in settings.lineFaults {
      switch moment {
      case .packets(let count): faultsAfterPackets.append((count, fault))
      case .microseconds(let pause): faultsAt.append((now.advanced(byMicroseconds: pause), fault))
      }
    }
  }

  /// Strikes what is due by the clock.
  func strikeDue(at now: GatewayTime) {
    let due = faultsAt.filter { $0.0 <= now }
    faultsAt.removeAll { $0.0 <= now }
    for (_, fault) in due where phase != .closed && !isMute { begin(fault, at: now) }
  }

  /// Strikes what is due by the packets sent.
  func strikeAfterPacket(at now: GatewayTime) {
    let due = faultsAfterPackets.filter { $0.0 <= packetCount }
    guard !due.isEmpty else { return }
    faultsAfterPackets.removeAll { $0.0 <= packetCount }
    for (_, fault) in due where phase != .closed && !isMute { begin(fault, at: now) }
  }

  // MARK: Packets

  /// Sends a packet's message, and again, or an older one, or spoilt, as the switches want it.
  ///
  /// An older packet is followed by the newest once more. Whoever applies what comes in the order of arrival then holds
  /// what the newest packet left, and so does one who drops what is older: the truth stays one (tables.md, Packets).
  func sendWithFaults(_ frame: ByteBuffer, body: Int, to subscription: Subscription) {
    func strikes(_ every: Int?) -> Bool { every.map { packetCount.isMultiple(of: $0) } ?? false }
    if strikes(settings.brokenEvery) {
      return send(spoilt(frame, body: body), mayWait: true)
    }
    send(frame, mayWait: true)
    if strikes(settings.duplicateEvery) { send(frame, mayWait: true) }
    if settings.olderEvery != nil {
      if strikes(settings.olderEvery), let older = subscription.lastFrame {
        send(older, mayWait: true)
        send(frame, mayWait: true)
      }
      subscription.lastFrame = frame
    }
  }

  /// The frame with a body that has to be refused, by turns: no end, no `columns`, a row
  /// that is none, no JSON. Its length stays, or the frame would be broken too.
  private func spoilt(_ frame: ByteBuffer, body: Int) -> ByteBuffer {
    var bytes = Array(frame.readableBytesView)
    let start = bytes.count - 1 - body
    func replace(_ old: String, _ new: String) {
      let old = Array(old.utf8)
      let new = Array(new.utf8)
      guard let place = (start...(bytes.count - old.count)).first(where: { bytes[$0...].starts(with: old) }) else {
        bytes[bytes.count - 2] = 0x20
        return
      }
      bytes.replaceSubrange(place..<place + old.count, with: new)
    }
    brokenCount += 1
    switch brokenCount % 4 {
    case 1: bytes[bytes.count - 2] = 0x20
    case 2: replace("\"columns\"", "\"colums_\"")
    case 3: replace("\"data\":[[", "\"data\":[ ")
    default: replace("\"seqnum\":", "\"seqnum\"-")
    }
    return ByteBuffer(bytes: bytes)
  }

  private func stopTimers() {
    queue = DueQueue()
    faultsAt = []
    faultsAfterPackets = []
    stopClosing()
  }
}
