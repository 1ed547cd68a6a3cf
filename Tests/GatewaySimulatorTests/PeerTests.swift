import Foundation
import GatewaySimulator
import Testing

/// Clients that others wrote, unchanged, against the simulator: the scripts of `Tests/Peers`.
///
/// `ISSPLUS_PEER_PYTHON` names the interpreter; else it is the `python3` of the path.
@Suite(.timeLimit(.minutes(10)))
struct PeerTests {
  private static let python = ProcessInfo.processInfo.environment["ISSPLUS_PEER_PYTHON"] ?? "python3"
  private static let hasOfficialClient = run(["-c", "import moexalgo.beta.issplus"])?.status == 0
  private static let hasLibraries = run(["-c", "import websockets, stomp.utils"])?.status == 0

  @Test(
    .enabled(if: hasOfficialClient, "python3 cannot import moexalgo.beta.issplus"), arguments: [[], ["receipt=after"]])
  func officialClient(_ switches: [String]) async throws {
    try await expectSteps("moexalgo_session.py", 14, switches: switches + ["candle-cadence=1s"])
  }

  @Test(.enabled(if: hasLibraries, "python3 cannot import websockets and stomp"), arguments: [[], ["fragment=500"]])
  func loopsOfTheDocumentation(_ switches: [String]) async throws {
    try await expectSteps("docs_loop.py", 11, switches: switches)
  }

  private func expectSteps(_ script: String, _ count: Int, switches: [String]) async throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Peers/\(script)").path
    try await withGatewaySimulator(.init(switches: try SimulatorSwitches(switches))) { simulator in
      let url = simulator.url
      let result = try #require(await Task.detached { Self.run([path, url]) }.value)
      let steps = result.output.split(separator: "\n").filter { $0.hasPrefix("ok ") }
      #expect(result.status == 0, "\(result.output)")
      #expect(steps.count == count, "\(result.output)")
    }
  }

  /// Runs the interpreter for ten minutes at most; nil when it cannot be started.
  private static func run(_ arguments: [String]) -> (status: Int32, output: String)? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "-k", "5", "600", python] + arguments
    process.standardOutput = pipe
    process.standardError = pipe
    guard (try? process.run()) != nil else { return nil }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
