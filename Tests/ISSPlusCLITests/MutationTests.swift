import Capture
import Foundation
import ISSPlus
import MarketData
import NIOCore
import Testing

/// Mutants of all conversations: nothing crashes, nothing is half applied, and what is built from the changes is the
/// table. `ISSPLUS_MUTANTS=1000` makes that many of each.
@Suite struct MutationTests {
  private static let mutants =
    ProcessInfo.processInfo.environment["ISSPLUS_MUTANTS"].flatMap { Int($0) } ?? 12

  /// How a reading went: the same however the bytes are cut.
  private struct Outcome: Equatable {
    var events: [String] = []
    var tables: [[String]] = []
    var error: String?
  }

  @Test(arguments: sources) func changesEqualTables(name: String) throws {
    let bytes = try Self.bytes(of: name)
    // The seed is the name's, so that a case keeps its mutants when others come.
    let seed = name.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
    for number in 0...UInt64(Self.mutants) {
      var mutation = Mutation(generator: SeededGenerator(seed: seed &+ number &* 7919))
      let mutant = number == 0 ? bytes : mutation.mutant(of: bytes)
      let (whole, faults) = Self.read([ByteBuffer(bytes: mutant)])
      #expect(faults == [], "mutant \(number)")
      let (cut, cutFaults) = Self.read(mutation.pieces(mutant))
      #expect(cutFaults == [], "mutant \(number) in pieces")
      #expect(cut == whole, "mutant \(number) in pieces")
    }
  }

  private static func read(_ pieces: [ByteBuffer]) -> (Outcome, [String]) {
    var recording = Recording()
    var model = TableModel()
    var outcome = Outcome()
    func take(_ item: Recording.Item) {
      model.take(item)
      outcome.events.append("\(item.connection) \(item.time ?? -1) \(name(item.event))")
    }
    recording.begin(file: "mutant")
    do throws(RecordingError) {
      for piece in pieces { try recording.append(piece, take) }
      if let torn = try recording.end(take) { outcome.events.append("torn \(torn.offset) \(torn.byteCount)") }
    } catch {
      outcome.error = "\(error)"
    }
    model.compare(recording)
    outcome.tables = recording.tables.map { table in
      ["\(table.identity.subscriptionID) \(table.state)"] + (table.table?.rows ?? []).map { "\($0)" }
    }
    return (outcome, model.faults)
  }

  private static func name(_ event: FeedEvent) -> String {
    switch event {
    case .changes(let table, let set):
      "changes \(table.number) \(set.map { "\($0.kind) \($0.row?.description ?? "")" })"
    case .state(let table, let before, let after): "state \(table.number) \(before) \(after)"
    case .refused(let table, let error): "refused \(table.number) \(error)"
    case .reply(let reply): "reply \(reply.requestID) \(reply.table.count)"
    default: "\(event)"
    }
  }

  private static let sources: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Folders.conversations.path)) ?? []
    return names.filter { name in [".conversation", ".capture", ".stomp"].contains { name.hasSuffix($0) } }.sorted()
  }()

  private static func bytes(of name: String) throws -> [UInt8] {
    let data = try Data(contentsOf: Folders.conversations.appending(path: name))
    guard name.hasSuffix(".conversation") else { return Array(data) }
    return Array(try Conversation(String(decoding: data, as: UTF8.self)).capture.readableBytesView)
  }
}
