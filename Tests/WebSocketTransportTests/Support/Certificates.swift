import Foundation
import NIOConcurrencyHelpers

@testable import WebSocketTransport

/// Certificates made on the spot by the `openssl` program, once for all tests.
struct Certificates: Sendable {
  static let isPossible = Program.find("openssl") != nil
  private static let made = Result { try Certificates() }
  static var shared: Certificates {
    get throws { try made.get() }
  }

  let folder: String

  /// The root that the tests' clients trust.
  var root: String { "\(folder)/root.pem" }
  func chain(_ name: String) -> String { "\(folder)/\(name).pem" }
  func key(_ name: String) -> String { "\(folder)/\(name).key" }

  func server(_ name: String) throws -> TLSConfiguration {
    try .server(certificateChainFile: chain(name), privateKeyFile: key(name))
  }

  func client() throws -> TLSConfiguration { try .client(caFile: root) }

  private init() throws {
    folder = NSTemporaryDirectory() + "issplus-tls-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    Self.remember(folder)
    try Data(authority.utf8).write(to: URL(fileURLWithPath: "\(folder)/ca.cnf"))
    try Data().write(to: URL(fileURLWithPath: "\(folder)/index.txt"))
    try selfSigned("root", "root", isAuthority: true)
    try selfSigned("other", "other root", isAuthority: true)
    try selfSigned("self", "self", san: "DNS:good.test")
    try leaf("good", san: "DNS:good.test,DNS:localhost")
    try leaf("address", san: "IP:127.0.0.1,IP:::1")
    try leaf("wildcard", san: "DNS:*.wild.test")
    try leaf("partial", san: "DNS:w*.part.test")
    try leaf("expired", san: "DNS:good.test", from: "20200101000000Z", to: "20200102000000Z")
    try leaf("future", san: "DNS:good.test", from: "20980101000000Z", to: "20990101000000Z")
    try leaf("stranger", san: "DNS:good.test", by: "other")
  }

  private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

  private func selfSigned(_ name: String, _ subject: String, san: String? = nil, isAuthority: Bool = false) throws {
    var arguments = ["req", "-x509"] + Self.newKey
    arguments += ["-days", "2", "-subj", "/CN=issplus test \(subject)"]
    arguments += ["-keyout", key(name), "-out", chain(name)]
    if let san { arguments += ["-addext", "subjectAltName=\(san)", "-addext", "basicConstraints=CA:FALSE"] }
    try Program.run("openssl", arguments)
  }

  private func leaf(
    _ name: String, san: String, from start: String? = nil, to end: String? = nil, by authority: String = "root"
  ) throws {
    try Program.run(
      "openssl",
      ["req", "-new"] + Self.newKey
        + [
          "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(san)", "-keyout", key(name), "-out",
          "\(folder)/\(name).csr",
        ])
    var arguments = ["ca", "-batch", "-notext", "-config", "\(folder)/ca.cnf", "-cert", chain(authority)]
    arguments += ["-keyfile", key(authority), "-in", "\(folder)/\(name).csr", "-out", chain(name)]
    if let start, let end { arguments += ["-startdate", start, "-enddate", end] }
    try Program.run("openssl", arguments)
  }

  private var authority: String {
    """
    [ca]
    default_ca = test
    [test]
    database = \(folder)/index.txt
    new_certs_dir = \(folder)
    rand_serial = yes
    default_md = sha256
    default_days = 2
    unique_subject = no
    copy_extensions = copy
    policy = any
    x509_extensions = leaf
    [any]
    commonName = supplied
    [leaf]
    basicConstraints = CA:FALSE
    """
  }

  /// The folder goes when the tests end.
  private static func remember(_ folder: String) {
    toRemove.withLockedValue { $0 = folder }
    atexit {
      guard let folder = Certificates.toRemove.withLockedValue({ $0 }) else { return }
      try? FileManager.default.removeItem(atPath: folder)
    }
  }
  private static let toRemove = NIOLockedValueBox<String?>(nil)
}
