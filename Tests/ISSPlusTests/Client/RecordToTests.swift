import Capture
import Foundation
import GatewaySimulator
import MarketData
import NIOCore
import Testing

@testable import ISSPlus

/// `client.record(to:)`, and the way back from the file: read, and served again to a client.
@Suite("Recording from code", .serialized, .timeLimit(.minutes(3))) struct RecordToTests {
  private static let ticker = "MXSE.TQBR.SBER"

  private func inScratch(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "issplus-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path + "/")
  }

  private static func bytes(_ path: String) throws -> ByteBuffer {
    ByteBuffer(bytes: try Data(contentsOf: URL(filePath: path)))
  }

  /// What a packet's changes are, without the time of their arrival.
  private static func line(_ changes: ChangeSet) -> [String] {
    changes.map { "\(changes.properties.seqnum ?? 0) \($0.kind) \($0.row?.values ?? [])" }
  }

  /// What was delivered while it was recorded is what the file gives back, and what a client gets that it is served to.
  @Test func theFileIsTheSession() async throws {
    try await inScratch { folder in
      let path = folder + "day.capture"
      var delivered: [String] = []
      try await withGatewaySimulator(.init(rate: 500, switches: try SimulatorSwitches(["cut=40", "faulty-lines=2"]))) {
        simulator in
        var configuration = ISSPlusConfiguration.patient(simulator.url)
        configuration.backoff.first = .milliseconds(1)
        let client = try ISSPlusClient(configuration)
        try await client.record(to: path)
        try await client.connect()
        let subscription = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker, delivery: .lossless)
        for try await update in subscription.changes {
          delivered += Self.line(update.changes)
          // What was delivered counts: the counters may be ahead of a reader.
          if delivered.count > 200, await client.counters().reconnects == 2 { break }
        }
        await client.shutdown()
      }
      var recording = Recording()
      var read: [String] = []
      recording.begin(file: path)
      func take(_ item: Recording.Item) { if case .changes(_, let changes) = item.event { read += Self.line(changes) } }
      try recording.append(try Self.bytes(path), take)
      #expect(try recording.end(take) == nil)
      // What came while the client took its leave was recorded, too.
      #expect(delivered.count > 200 && Array(read.prefix(delivered.count)) == delivered)

      var reader = ReplayReader()
      try reader.append(try Self.bytes(path))
      let replay = ReplaySession.Configuration(replay: try reader.finish(), speed: .max)
      try await withGatewaySimulator(.init(replay: replay)) { simulator in
        let client = try ISSPlusClient(.patient(simulator.url))
        try await client.connect()
        let subscription = try await client.subscribe("MXSE.orderbooks", ticker: Self.ticker, delivery: .lossless)
        var served: [String] = []
        for try await update in subscription.changes {
          served += Self.line(update.changes)
          if served.count >= read.count { break }
        }
        #expect(served == read)
        await client.shutdown()
      }
    }
  }

  @Test func comesBeforeConnectAndOnce() async throws {
    try await inScratch { folder in
      func code(_ body: () async throws -> Void) async -> ISSPlusError.Code? {
        do { try await body() } catch { return (error as? ISSPlusError)?.code }
        return nil
      }
      let client = try ISSPlusClient(.patient("ws://127.0.0.1:1/"))
      #expect(await code { try await client.record(to: folder + "none/x") } == .recording)
      #expect(await code { try await client.record(to: folder + "x") } == nil)
      #expect(await code { try await client.record(to: folder + "y") } == .usage)
      #expect(await code { try await client.connect() } == .unreachable)
      #expect(await code { try await client.record(to: folder + "z") } == .usage)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x"])
    }
  }
}
