import MarketData
import NIOCore
import STOMP

/// Subscriptions and requests.
extension SessionMachine {
  mutating func subscribe(_ request: SubscriptionRequest, _ now: NIODeadline) {
    guard !isStopped else {
      return actions.append(.subscriptionFailed(request.id, Self.shutDown))
    }
    guard places[request.id] == nil else { return }
    places[request.id] = subscriptions.count
    subscriptions.append(Subscription(request: request, phase: .due(now)))
  }

  mutating func unsubscribe(_ id: String) {
    guard let place = places[id] else { return }
    if case .connected = state {
      switch subscriptions[place].phase {
      case .due: break
      case .asked, .confirmed: actions.append(.send(Frame(.unsubscribe, headers: ["id": id])))
      }
    }
    forget(place)
  }

  mutating func forget(_ place: Int) {
    places[subscriptions[place].request.id] = nil
    subscriptions.remove(at: place)
    for index in place..<subscriptions.count { places[subscriptions[index].request.id] = index }
  }

  mutating func confirm(_ place: Int, _ now: NIODeadline) {
    guard case .asked = subscriptions[place].phase else { return }
    subscriptions[place].phase = .confirmed
    subscriptions[place].silenceCheck = configuration.silenceLimit.map { now + $0 }
    if case .connected = state { progressed() }
    if !subscriptions[place].wasConfirmed {
      subscriptions[place].wasConfirmed = true
      actions.append(.confirmed(subscriptions[place].request.id))
    }
  }

  /// Sends the SUBSCRIBE frames whose time has come, one a pace.
  mutating func sendDue(_ now: NIODeadline) {
    guard case .connected = state else { return }
    for place in subscriptions.indices {
      guard case .due(let time) = subscriptions[place].phase, time <= now, nextSubscribe <= now else { continue }
      let request = subscriptions[place].request
      var headers: Headers = ["id": request.id, "destination": request.destination]
      if let selector = request.selector { headers.append(name: "selector", value: selector) }
      headers.append(name: "receipt", value: request.id)
      actions.append(.send(Frame(.subscribe, headers: headers)))
      subscriptions[place].phase = .asked(deadline: now + configuration.answerLimit)
      nextSubscribe = now + configuration.subscriptionPace
    }
  }

  mutating func expireSubscriptions(_ now: NIODeadline) {
    let limit = Self.seconds(configuration.answerLimit)
    for subscription in subscriptions {
      guard case .asked(let deadline) = subscription.phase, deadline <= now else { continue }
      let message = "\(subscription.request.description): neither RECEIPT nor MESSAGE within \(limit)\(heldUp)"
      let error = ISSPlusError(.timeout, message, isRetriable: true)
      if subscription.wasConfirmed, configuration.reconnects {
        // The answer may be there, unread: another connection would not be read either.
        if holder != nil {
          if let place = places[subscription.request.id] {
            subscriptions[place].phase = .asked(deadline: now + configuration.answerLimit)
          }
          continue
        }
        // It worked before: the gateway is at fault, and another connection may do better.
        return fault(error)
      }
      unsubscribe(subscription.request.id)
      actions.append(.subscriptionFailed(subscription.request.id, error))
    }
  }

  mutating func badPacket(_ id: String, _ error: ISSPlusError, _ now: NIODeadline) {
    guard let place = places[id], case .connected = state else { return }
    // A MESSAGE that is no packet is an answer all the same.
    confirm(place, now)
    guard configuration.reconnects else {
      unsubscribe(id)
      return actions.append(.subscriptionFailed(id, error))
    }
    // Asked for again from the start; with a pause that grows, for the next snapshot may be as bad.
    if case .due = subscriptions[place].phase { return }
    actions += [.send(Frame(.unsubscribe, headers: ["id": id])), .suspend(id, .badPacket)]
    let wait = configuration.backoff.wait(subscriptions[place].faults, using: &generator)
    subscriptions[place].faults += 1
    subscriptions[place].phase = .due(now + wait)
  }

  // MARK: Silence

  /// Asks when the subscriptions whose time has come were last heard: to tell it with each packet would cost each packet.
  mutating func askAboutSilence(_ now: NIODeadline) {
    for place in subscriptions.indices {
      guard case .confirmed = subscriptions[place].phase, let check = subscriptions[place].silenceCheck, check <= now
      else { continue }
      subscriptions[place].silenceCheck = nil
      actions.append(.checkSilence(subscriptions[place].request.id))
    }
  }

  /// A packet of the subscription came last at that time; before any, its confirmation counts (`last` is `nil`).
  mutating func heard(_ id: String, _ last: NIODeadline?, _ now: NIODeadline) {
    guard let place = places[id], let limit = configuration.silenceLimit, case .connected = state,
      case .confirmed = subscriptions[place].phase
    else { return }
    // Nothing is read: the silence is ours.
    if holder != nil { return subscriptions[place].silenceCheck = now + limit }
    if let last, last + limit > now { return subscriptions[place].silenceCheck = last + limit }
    actions += [.send(Frame(.unsubscribe, headers: ["id": id])), .suspend(id, .silent)]
    subscriptions[place].phase = .due(now)
  }

  // MARK: Requests

  mutating func ask(_ request: SubscriptionRequest, _ now: NIODeadline) {
    guard !isStopped else {
      return actions.append(.requestFailed(request.id, Self.shutDown))
    }
    requests.append(
      Request(request: request, start: now, deadline: now + configuration.answerLimit, isSent: false))
    if case .connected = state { sendRequest(requests.count - 1, now) }
  }

  /// Latency and time limit count from here: before, there was nothing that the gateway could answer.
  mutating func sendRequest(_ place: Int, _ now: NIODeadline) {
    let request = requests[place].request
    var headers: Headers = ["id": request.id, "destination": request.destination]
    if let selector = request.selector { headers.append(name: "selector", value: selector) }
    actions.append(.send(Frame(.request, headers: headers)))
    requests[place].isSent = true
    requests[place].start = now
    requests[place].deadline = now + configuration.answerLimit
  }

  mutating func reply(_ id: String, _ now: NIODeadline) {
    guard let place = requests.firstIndex(where: { $0.request.id == id && $0.isSent }) else { return }
    let request = requests.remove(at: place)
    if case .connected = state { progressed() }
    actions.append(.requestDone(id, now - request.start))
  }

  mutating func badReply(_ id: String, _ error: PacketError) {
    guard let place = requests.firstIndex(where: { $0.request.id == id && $0.isSent }) else { return }
    let message = "\(Self.asRequest(requests.remove(at: place).request)): REPLY refused: \(error)"
    actions.append(.requestFailed(id, ISSPlusError(.protocolViolation, message, packet: error)))
  }

  mutating func expireRequests(_ now: NIODeadline) {
    let late = requests.filter { $0.deadline <= now }
    guard !late.isEmpty else { return }
    requests.removeAll { $0.deadline <= now }
    let limit = Self.seconds(configuration.answerLimit)
    for request in late {
      let what = request.isSent ? "no REPLY within \(limit)\(heldUp)" : "not connected within \(limit), so not sent"
      let message = "\(Self.asRequest(request.request)): \(what)"
      actions.append(.requestFailed(request.request.id, ISSPlusError(.timeout, message, isRetriable: true)))
    }
  }

  // MARK: Slow readers

  /// A lossless reader is so slow that nothing is read any more, or has caught up again.
  mutating func held(_ reader: String?, _ now: NIODeadline) {
    holder = reader
    guard reader == nil else { return }
    // What came meanwhile is read now: give it the time that it had not.
    for place in subscriptions.indices where subscriptions[place].wasConfirmed {
      guard case .asked = subscriptions[place].phase else { continue }
      subscriptions[place].phase = .asked(deadline: now + configuration.answerLimit)
    }
  }

  private var heldUp: String {
    holder.map { "; nothing is read while the reader of \($0) is slow" } ?? ""
  }
}
