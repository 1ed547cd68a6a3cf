/// Who may connect.
public struct Account: Sendable, Hashable {
  /// `DEMO`, `passport`, …
  public var domain: String
  /// The name.
  public var login: String
  /// The secret; it is never printed.
  public var passcode: String

  /// An account.
  public init(domain: String, login: String, passcode: String) {
    self.domain = domain
    self.login = login
    self.passcode = passcode
  }

  /// The account that everybody has.
  public static let guest = Account(domain: "DEMO", login: "guest", passcode: "guest")
}

extension Account: CustomStringConvertible, CustomReflectable {
  /// Domain and login.
  public var description: String { "\(domain):\(login)" }

  /// Domain and login, so that `dump` shows no passcode either.
  public var customMirror: Mirror { Mirror(self, children: ["domain": domain, "login": login]) }
}
