import Foundation
import Testing

extension Live {
  /// wss:// everywhere: `simulate` serves it, every command takes it, and an untrusted peer is refused.
  @Suite(.enabled(if: Program.isInstalled("openssl"), "openssl, which makes the certificates, is installed"))
  struct TLSTests {
    private static let request =
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
      + "-addext subjectAltName=DNS:localhost,IP:127.0.0.1"

    /// A folder with a certificate for localhost and one for somebody else.
    private func withCertificates(_ body: (URL) async throws -> Void) async throws {
      try await inScratch { folder in
        let made = try await Running.shell(
          "\(Self.request) -keyout key.pem -out cert.pem && \(Self.request) -keyout key2.pem -out cert2.pem", in: folder
        )
        try #require(made.status == 0, "\(made.errors)")
        try await body(folder)
      }
    }

    @Test func commandsWorkOverTLS() async throws {
      try await withCertificates { folder in
        let simulator = try await Simulator.start(["--tls-cert", "cert.pem", "--tls-key", "key.pem"], in: folder)
        #expect(simulator.url.hasPrefix("wss://127.0.0.1:"))
        let book = ["dump", "MXSE.orderbooks", "--ticker", "MXSE.TQBR.SBER"]
        let trusted = try await simulator.run(
          book + ["--count", "20", "--ca-file", "cert.pem", "--record", "r.capture"], in: folder)
        #expect(trusted.status == 0, "\(trusted.errors)")
        #expect(trusted.output.split(separator: "\n").count == 21)
        let byName = try await Running.run(
          ["catalog", "--url", simulator.url.replacing("127.0.0.1", with: "localhost")],
          environment: ["ISSPLUS_CA_FILE": "cert.pem"], in: folder)
        #expect(byName.status == 0, "\(byName.errors)")
        // OpenSSL's own variable takes the place of the system's store.
        let bySystem = try await simulator.run(
          ["request", "COMMON.boards"], environment: ["SSL_CERT_FILE": folder.appending(path: "cert.pem").path])
        #expect(bySystem.status == 0, "\(bySystem.errors)")
        let unknown = try await simulator.run(book)
        #expect(unknown.status == 69)
        #expect(unknown.errors.contains("the certificate of 127.0.0.1 is refused"), "\(unknown.errors)")
        let other = try await simulator.run(book + ["--ca-file", "cert2.pem"], in: folder)
        #expect(other.status == 69)
        let plain = try await Running.run(book + ["--url", simulator.url.replacing("wss:", with: "ws:")])
        #expect(plain.status == 69)
        let missing = try await simulator.run(book + ["--ca-file", "none.pem"], in: folder)
        #expect(missing.status == 66)
        #expect(missing.errors.contains("none.pem"))
        let broken = try await simulator.run(book + ["--ca-file", "key.pem"], in: folder)
        #expect(broken.status == 65)
      }
    }

    @Test func credentialsMayTravelOverTLSOnly() async throws {
      let account = ["ISSPLUS_LOGIN": "me", "ISSPLUS_PASSCODE": "s3cr"]
      let plain = try await Running.run(["catalog", "--url", "ws://192.0.2.1/"], environment: account)
      #expect(plain.status == 64)
      // The address is nobody's: over TLS the command goes as far as the network lets it.
      let secure = try await Running.run(
        ["catalog", "--url", "wss://192.0.2.1/", "--connect-timeout", "50ms"], environment: account)
      #expect(secure.status == 75 || secure.status == 69, "\(secure.errors)")
    }
  }
}
