import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Servers of others, started for a test. Each port is one that was free a moment ago.
enum Servers {
  static let peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Peers").path

  /// The Python that has `websockets`: of `ISSPLUS_PEER_PYTHON`, else the one on PATH.
  static let python = ProcessInfo.processInfo.environment["ISSPLUS_PEER_PYTHON"] ?? "python3"

  static let hasWebSockets = (try? Program.run("env", [python, "-c", "import websockets"])) != nil

  static let rabbitMQ =
    (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/rabbitmq/lib"))?.isEmpty == false

  /// A port of which the following three are free too.
  static func freePorts() throws -> Int {
    for _ in 0..<50 {
      let port = Int.random(in: 20_000...30_000)
      if (port..<port + 4).allSatisfy(isFree) { return port }
    }
    throw Program.Failed(description: "no four free ports")
  }

  private static func isFree(_ port: Int) -> Bool {
    #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
    #else
      let kind = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, kind, 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  /// A folder for the body, which is removed afterwards.
  static func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("issplus-interop-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
  }

  static func gateway<Result>(_ body: (Int) async throws -> Result) async throws -> Result {
    try await Program.serve("env", [python, "-u", peers + "/gateway.py"], marker: "listening:", body)
  }
}
