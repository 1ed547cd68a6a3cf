import Foundation
import Testing

/// Pipes, full disks, hostile sizes: what a shell does to a program.
@Suite(.timeLimit(.minutes(10))) struct PipeTests {
  static let book = "Fixtures/conversations/recorded-2024-07-01.stomp"

  /// Many packets: more than fits into a pipe.
  private static func writeLongSession(to file: URL) throws {
    var text = ""
    for packet in 1...150 {
      let rows = (0..<500).map { "[\"B\",[\($0).25,2],\($0 + packet)]" }
      text += "MESSAGE\ndestination:MXCX.orderbooks\nsubscription:1\n\n"
      text += "{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"BUYSELL\",\"PRICE\",\"QUANTITY\"],"
      text += "\"data\":[\(rows.joined(separator: ","))]}\0"
    }
    try Data(text.utf8).write(to: file)
  }

  @Test func closedPipeEndsQuietly() async throws {
    let folder = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    try Self.writeLongSession(to: folder.appending(path: "long.stomp"))
    // Where SIGPIPE is ignored, as some test runners do, `cat` speaks of the closed pipe.
    for command in [
      "issplus decode long.stomp", "cat long.stomp 2>/dev/null | issplus decode -",
      "issplus decode <(cat long.stomp 2>/dev/null)",
    ] {
      let result = try await Program.shell("set -o pipefail; \(command) | head -1", in: folder)
      #expect(result.output == "_received,_seqnum,_timestamp,_change,_ticker,BUYSELL,PRICE,QUANTITY\n", "\(command)")
      #expect(result.errors == "", "\(command)")
      // `cat` may be ended by the closed pipe; issplus is not.
      let status = try await Program.shell("\(command) | head -1 >/dev/null; exit ${PIPESTATUS[@]: -2:1}", in: folder)
      #expect(status.status == 0, "\(command)")
    }
  }

  @Test func fullDisk() async throws {
    for options in ["", "--snapshot", "--summary", "--format jsonl"] {
      let result = try await Program.shell("issplus decode \(Self.book) \(options) >/dev/full")
      #expect(result.status == 73, "\(options)")
      #expect(result.errors == "issplus: standard output: cannot be written: No space left on device\n", "\(options)")
    }
    let catalog = try await Program.shell("issplus catalog --offline >/dev/full")
    #expect(catalog.status == 73)
  }

  @Test func closedStandardOutput() async throws {
    let result = try await Program.shell("issplus decode \(Self.book) >&-")
    #expect(result.status == 73)
    // The reason depends on what the runtime has opened in its place.
    #expect(result.errors.hasPrefix("issplus: standard output: cannot be written: "), "\(result.errors)")
  }

  @Test func processSubstitutionIsReadOnce() async throws {
    let expected = try await Program.run(["decode", Self.book])
    #expect(expected.output.split(separator: "\n").count == 22)
    let result = try await Program.shell("issplus decode <(cat \(Self.book))")
    #expect(result.output == expected.output)
    #expect(result.errors == "")
    #expect(result.status == 0)
    let device = try await Program.shell("cat \(Self.book) | issplus decode /dev/stdin")
    #expect(device.output == expected.output)
  }

  /// Lines come as soon as their packet has, through standard input and through a named pipe.
  @Test(arguments: ["issplus decode - <pipe", "issplus decode pipe"])
  func slowInputIsFlushed(command: String) async throws {
    let folder = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let book = Folders.root.appending(path: Self.book).path
    // The second frame is sent when the lines of the first have been seen; the pipe stays open until then.
    let script = """
      mkfifo pipe
      \(command) >out &
      exec 3>pipe
      head -c 795 "\(book)" >&3
      for i in $(seq 400); do [ "$(wc -l <out)" = 21 ] && break; sleep 0.05; done
      echo "before the end: $(wc -l <out)"
      tail -c +796 "\(book)" >&3
      for i in $(seq 400); do [ "$(wc -l <out)" = 22 ] && break; sleep 0.05; done
      echo "still before the end: $(wc -l <out)"
      exec 3>&-
      wait $!
      """
    let result = try await Program.shell(script, in: folder)
    #expect(result.output == "before the end: 21\nstill before the end: 22\n")
    #expect(result.errors == "")
    #expect(result.status == 0)
  }

  /// 200 MB are refused at the limit of 64 MiB, without the memory for them.
  @Test(
    .disabled(if: Program.isSanitized, "a sanitizer needs more memory than the limit of this test"),
    arguments: [
      (
        "announced.stomp", "MESSAGE\ncontent-length:209715200\n\n",
        "frame 1 byte 23: content-length \"209715200\" is more"
      ),
      ("not-announced.stomp", "MESSAGE\nsubscription:1\n\n", "frame 1 byte 67108888: body longer than 67108864 bytes"),
      (
        "record.capture", "ISSPLUS-CAPTURE 1\n1 0 in 209715200\n",
        "record 1 byte 18: a record of 209715200 bytes is over"
      ),
    ])
  func hugeBody(name: String, head: String, message: String) async throws {
    let folder = try Folders.scratch()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(head.utf8).write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    let piece = Data(repeating: UInt8(ascii: " "), count: 1 << 20)
    for _ in 0..<200 { try handle.write(contentsOf: piece) }
    try handle.close()
    for command in ["\"$issplus\" decode \(name)", "\"$issplus\" decode - <\(name)"] {
      // A limit on the address space would trip over what the runtime reserves; the data is what counts. The time is
      // that of the program: beside other tests this one may wait long for its turn.
      let result = try await Program.shell("ulimit -d 250000; exec timeout 30 \(command)", in: folder)
      #expect(result.status == 65, "\(command)")
      #expect(result.output.isEmpty)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }

  @Test(.enabled(if: Folders.shared != nil, "needs the recorded data beside the project"))
  func recordedFrames() async throws {
    let folder = try #require(Folders.shared).appending(path: "issplus/samples/orderbooks-2024-07-01")
    let result = try await Program.run(["decode", "frame1.stomp", "frame2.stomp"], in: folder)
    #expect(result.status == 0)
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 22)
    #expect(
      lines.dropFirst().prefix(20).allSatisfy { $0.contains(",569811206658952028,2024-07-01T09:18:53.789Z,insert,") })
    #expect(lines.last == ",569811206658952032,2024-07-01T09:18:54.049Z,update,,S,328.05,1946,")
  }
}
