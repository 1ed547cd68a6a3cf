import NIOCore
import STOMP

/// What an ERROR is about.
extension SessionMachine {
  mutating func refused(_ refusal: GatewayRefusal, _ now: NIODeadline) {
    let named = [refusal.requestID, refusal.subscriptionID, refusal.receiptID].compactMap { $0 }.filter { !$0.isEmpty }
    for id in named {
      if failRequest(id, refusal) || failSubscription(id, refusal) { return }
    }
    if case .authenticating = state { return refusedConnect(refusal) }
    // What it names is over: late, and normal.
    if !named.isEmpty { return actions.append(.report(refusal)) }
    let open = subscriptions.filter { if case .asked = $0.phase { true } else { false } }.map(\.request.id)
    let asked = requests.filter(\.isSent).map(\.request.id)
    // What waits for an answer comes first; where nothing does, the only subscription there is can be meant.
    let confirmed = subscriptions.filter { if case .confirmed = $0.phase { true } else { false } }.map(\.request.id)
    let candidates = open.isEmpty && asked.isEmpty ? confirmed : open + asked
    if candidates.count == 1, let only = candidates.first {
      if failRequest(only, refusal) || failSubscription(only, refusal) { return }
    }
    actions.append(.report(refusal))
  }

  private mutating func refusedConnect(_ refusal: GatewayRefusal) {
    let isDenied = refusal.code == .accessDenied
    let error = ISSPlusError(
      isDenied ? .accessDenied : .refused, "CONNECT: \(refusal)", gateway: refusal.code,
      isRetriable: refusal.code.isRetriable)
    fault(error, isFinal: !refusal.code.isRetriable)
  }

  private mutating func failRequest(_ id: String, _ refusal: GatewayRefusal) -> Bool {
    guard let place = requests.firstIndex(where: { $0.request.id == id && $0.isSent }) else { return false }
    let request = requests.remove(at: place)
    actions.append(.requestFailed(id, ISSPlusError(refusal, asked: Self.asRequest(request.request))))
    return true
  }

  private mutating func failSubscription(_ id: String, _ refusal: GatewayRefusal) -> Bool {
    guard let place = places[id] else { return false }
    switch subscriptions[place].phase {
    // Not asked for yet, or given up to be asked for again: the ERROR is about what was before.
    case .due: return false
    case .asked, .confirmed: break
    }
    let error = ISSPlusError(refusal, asked: subscriptions[place].request.description)
    forget(place)
    actions.append(.subscriptionFailed(id, error))
    return true
  }
}
