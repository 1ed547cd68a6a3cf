import ISSPlus
import NIOCore
import Testing

@testable import ISSPlusCLI

/// What is told of things that take longer than a second.
struct ProgressTests {
  @Test(
    arguments: [
      (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (4_096, "4.1 kB"), (999_949, "999.9 kB"),
      (999_999, "1.0 MB"), (123_400_000, "123.4 MB"), (1_200_000_000, "1.2 GB"), (Int.max, "9223372.0 TB"),
    ] as [(Int, String)])
  func sizes(bytes: Int, text: String) { #expect(Progress.text(bytes: bytes) == text) }

  @Test func reading() {
    #expect(
      ReadingProgress.text("day.capture", 450_000_000, of: 1_000_000_000, in: .seconds(3))
        == "day.capture: 45 % of 1.0 GB, 150.0 MB/s, 3 s left")
    #expect(
      ReadingProgress.text("standard input", 4_000_000, of: nil, in: .seconds(2))
        == "standard input: 4.0 MB, 2.0 MB/s")
    // A file that grows while it is read, an empty one, no time.
    #expect(ReadingProgress.text("x", 20, of: 10, in: .seconds(1)) == "x: 20 bytes, 20 bytes/s")
    #expect(ReadingProgress.text("x", 0, of: 0, in: .zero) == "x: 0 bytes, 0 bytes/s")
    #expect(ReadingProgress.text("x", 10, of: 10, in: .zero) == "x: 100 % of 10 bytes, 10.0 kB/s, 0 s left")
  }

  @Test(
    arguments: [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h")] as [(Int, String)])
  func times(seconds: Int, text: String) { #expect(Progress.text(.seconds(seconds)) == text) }

  @Test func theLine() {
    func words(_ states: [ClientState]) -> [String] {
      let (words, holds) = StatusLine.line(states)
      return [words, "\(holds)"]
    }
    #expect(words([]) == ["connecting", "false"])
    #expect(words([.connecting]) == ["connecting", "false"])
    #expect(words([.connected]) == ["connected", "true"])
    #expect(words([.connected, .connected]) == ["2 lines connected", "true"])
    #expect(words([.connected, .connecting]) == ["connecting (1 of 2 connected)", "false"])
    #expect(words([.waiting(until: .distantPast)]) == ["line lost: next attempt in 0.0 s", "false"])
    #expect(
      words([.connected, .waiting(until: .distantPast)]) == ["1 of 2 lines lost: next attempt in 0.0 s", "false"])
    #expect(words([.stopped(nil)]) == ["disconnected", "false"])
  }

  @Test func theStatus() {
    var before = SessionCounters()
    before.packets = 5
    var now = before
    now.packets = 12
    now.bytes = 3456
    now.changes = 30
    now.connections = 1
    now.liveTables = 2
    func text(_ holds: Bool, _ counters: SessionCounters, _ details: StatusLine.Details) -> String {
      StatusLine.text((holds ? "connected" : "connecting", holds), counters, before, details, .seconds(3))
    }
    #expect(text(false, SessionCounters(), StatusLine.Details(waitingFor: "the reply")) == "connecting, 3 s")
    #expect(text(true, now, StatusLine.Details(waitingFor: "the reply")) == "waiting for the reply, 3 s")
    #expect(
      text(true, now, StatusLine.Details(counted: { "1.2 MB recorded" }))
        == "1.2 MB recorded, 2 live, 12 packets (7/s), 30 changes, 3456 bytes")
    #expect(text(false, now, StatusLine.Details()).hasPrefix("connecting, 2 live, 12 packets (7/s)"))
  }
}
