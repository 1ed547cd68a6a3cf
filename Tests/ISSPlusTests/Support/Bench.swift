import NIOCore
import STOMP

@testable import ISSPlus

/// A session machine on a bench: events in, actions out as words, and a clock that the test moves.
struct Bench {
  var machine: SessionMachine
  private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  init(_ configure: (inout SessionMachine.Configuration) -> Void = { _ in }) {
    var configuration = SessionMachine.Configuration()
    configuration.connectFrame = Frame(
      .connect, headers: ["domain": "DEMO", "login": "guest", "passcode": "guest"])
    configuration.seed = 7
    configure(&configuration)
    machine = SessionMachine(configuration)
  }

  /// A machine that has reached CONNECTED.
  static func connected(_ configure: (inout SessionMachine.Configuration) -> Void = { _ in }) -> Bench {
    var bench = Bench(configure)
    bench.tell(.start)
    bench.tell(.lineOpened)
    bench.tell(.connected)
    return bench
  }

  @discardableResult
  mutating func tell(_ event: SessionEvent) -> [String] {
    machine.handle(event, now: now).map { words($0) }
  }

  /// Lets time pass from deadline to deadline; what each brings, with its time in milliseconds.
  @discardableResult
  mutating func pass(milliseconds: Int64) -> [String] {
    let start = now
    let end = now + .milliseconds(milliseconds)
    var said: [String] = []
    while let due = machine.deadline, due <= end {
      now = max(now, due)
      let passed = (now - start).nanoseconds / 1_000_000
      said += tell(.tick).map { "\(passed): \($0)" }
    }
    now = end
    return said
  }

  @discardableResult
  mutating func subscribe(_ id: String, _ selector: String? = nil) -> [String] {
    tell(.subscribe(SubscriptionRequest(id: id, destination: "M.books", selector: selector)))
  }

  @discardableResult
  mutating func request(_ id: String, _ selector: String? = nil) -> [String] {
    tell(.request(SubscriptionRequest(id: id, destination: "M.find", selector: selector)))
  }

  /// ERROR with these headers.
  @discardableResult
  mutating func refuse(_ headers: Headers) -> [String] {
    tell(.refusal(GatewayRefusal(Frame(.error, headers: headers))))
  }

  var state: String {
    switch machine.state {
    case .idle: "idle"
    case .connecting: "connecting"
    case .authenticating: "authenticating"
    case .connected: "connected"
    case .closing(let error, let isFinal): "closing(\(error.code)\(isFinal ? ", final" : ""))"
    case .waiting: "waiting"
    case .stopping: "stopping"
    case .stopped: "stopped"
    }
  }

  private func words(_ action: SessionAction) -> String {
    switch action {
    case .connect: "connect"
    case .send(let frame):
      "send " + ([frame.command.name] + frame.headers.map { "\($0.name):\($0.value)" }).joined(separator: " ")
    case .closeLine: "close"
    case .state(.connecting): "is connecting"
    case .state(.connected): "is connected"
    case .state(.waiting(let until)): "waits \((until - now).nanoseconds / 1_000_000)"
    case .state(.stopped(let error)): "has stopped\(error.map { ": \($0.code): \($0)" } ?? "")"
    case .markStale: "stale"
    case .suspend(let id, let reason): "suspend \(id)\(reason == .badPacket ? "" : " \(reason)")"
    case .checkSilence(let id): "check \(id)"
    case .confirmed(let id): "confirmed \(id)"
    case .subscriptionFailed(let id, let error): "failed \(id): \(error.code): \(error)"
    case .requestFailed(let id, let error): "failed \(id): \(error.code): \(error)"
    case .requestDone(let id, let latency): "done \(id) in \(latency.nanoseconds / 1_000_000)"
    case .report(let refusal): "report \(refusal.code.rawValue)"
    }
  }
}
