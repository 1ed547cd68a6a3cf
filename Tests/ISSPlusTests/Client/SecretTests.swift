import NIOCore
import STOMP
import Testing
import WebSocketTransport

@testable import ISSPlus

/// A passcode is in nothing that a value of the library says of itself.
struct SecretTests {
  private static let passcode = "S3cr3t-Pass:w\\rd"

  private static func configuration() -> ISSPlusConfiguration {
    var configuration = ISSPlusConfiguration(
      url: "ws://127.0.0.1:1/",
      credentials: Credentials(domain: "passport", login: "me@example.org", passcode: passcode))
    configuration.proxy = "http://me:\(passcode)@127.0.0.1:2"
    configuration.proxyEnvironment = ["http_proxy": "http://me:\(passcode)@127.0.0.1:2"]
    return configuration
  }

  /// Everything that Swift can be made to say of a value.
  private static func said(_ value: Any) -> String {
    var text = "\(value)" + String(reflecting: value)
    dump(value, to: &text)
    return text
  }

  @Test func valuesDoNotTellThePasscode() throws {
    let configuration = Self.configuration()
    let client = try ISSPlusClient(configuration)
    var session = SessionMachine.Configuration()
    session.connectFrame = configuration.connectFrame(host: "127.0.0.1")
    var machine = SessionMachine(session)
    _ = machine.handle(.start, now: .uptimeNanoseconds(0))
    let actions = machine.handle(.lineOpened, now: .uptimeNanoseconds(1))
    #expect(actions.contains { if case .send(let frame) = $0 { frame.command == .connect } else { false } })
    let values: [Any] = [
      configuration, configuration.credentials, client, session, session.connectFrame, session.connectFrame.headers,
      machine, actions,
    ]
    for value in values {
      let text = Self.said(value)
      #expect(!text.contains("S3cr3t"), "\(type(of: value))")
    }
    // The frame itself has it, or nobody could connect.
    #expect(session.connectFrame.headers["passcode"] == Self.passcode)
  }

  @Test func errorsDoNotTellThePasscode() {
    var configuration = Self.configuration()
    configuration.url = "ws://192.0.2.1/"
    let plain = #expect(throws: ISSPlusError.self) { try ISSPlusClient(configuration) }
    #expect(plain?.code == .usage)
    configuration.url = "ws://me:\(Self.passcode)@127.0.0.1/"
    let inURL = #expect(throws: ISSPlusError.self) { try ISSPlusClient(configuration) }
    configuration.url = "ws://127.0.0.1/"
    configuration.proxy = "http://me:\(Self.passcode)@127.0.0.1:port"
    let inProxy = #expect(throws: ISSPlusError.self) { try ISSPlusClient(configuration) }
    configuration.proxy = nil
    configuration.credentials.passcode = "S3cr3t\nTwo lines"
    let unsendable = #expect(throws: ISSPlusError.self) { try ISSPlusClient(configuration) }
    #expect(unsendable?.code == .usage)
    for error in [plain, inURL, inProxy, unsendable] {
      #expect(error != nil)
      #expect(!Self.said(error as Any).contains("S3cr3t"), "\(error?.message ?? "")")
    }
  }
}
