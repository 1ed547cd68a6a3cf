import ISSPlus
import NIOConcurrencyHelpers

/// A client with Ctrl-C and SIGTERM, and an eye on the reader of standard output: all of them end it gracefully.
struct LiveClient {
  let client: ISSPlusClient
  private let interrupted = NIOLockedValueBox(false)
  private let abandoned = NIOLockedValueBox(false)

  /// What a run is like.
  struct Form {
    /// Whether an interrupted run has no result (exit status 130), as for one snapshot.
    var isWholeOnlyAtEnd = false
    /// Whether results go to standard output; if its reader goes away, the run is over.
    var usesStandardOutput = true
    /// Whether states and counters are told on standard error, also when that is no terminal.
    var isVerbose = false
    /// What is told of the command while it runs.
    var details = StatusLine.Details()
  }

  /// How often the reader of standard output is looked after while nothing is written.
  private static let outputWatch = Duration.milliseconds(200)

  /// Whether a signal has come.
  var wasInterrupted: Bool { interrupted.withLockedValue { $0 } }

  /// Whether the reader of standard output is gone.
  var isAbandoned: Bool { abandoned.withLockedValue { $0 } }

  /// Whether the run was ended from outside: what has not come is nobody's fault.
  var wasEnded: Bool { wasInterrupted || isAbandoned }

  private init(_ client: ISSPlusClient) { self.client = client }

  /// Connects, runs the body and disconnects; turns the library's failures into the command's.
  static func run(
    _ configuration: ISSPlusConfiguration, _ form: Form, _ body: (LiveClient) async throws -> Void
  ) async throws {
    do {
      let live = LiveClient(try ISSPlusClient(configuration))
      try await withThrowingTaskGroup(of: Void.self) { group in
        live.addWatches(&group, form)
        defer { group.cancelAll() }
        do {
          try await live.client.connect()
          try await body(live)
        } catch let error as ISSPlusError where error.code == .closed && live.wasEnded {
          if live.isAbandoned { throw OutputClosed() }
          if form.isWholeOnlyAtEnd { throw Failure(.interrupted, "interrupted") }
        } catch {
          await live.client.shutdown()
          throw live.isAbandoned ? OutputClosed() : error
        }
        await live.client.shutdown()
      }
    } catch let error as ISSPlusError {
      throw Failure(error)
    }
  }

  private func addWatches(_ group: inout ThrowingTaskGroup<Void, any Error>, _ form: Form) {
    group.addTask {
      await Interruption.watch {
        interrupted.withLockedValue { $0 = true }
        await client.shutdown()
      }
    }
    if form.usesStandardOutput {
      // A quiet stream writes nothing for minutes: `dump … | head` ends all the same.
      group.addTask {
        while !Descriptor.isStandardOutputAbandoned() { try await Task.sleep(for: Self.outputWatch) }
        abandoned.withLockedValue { $0 = true }
        await client.shutdown()
      }
    }
    if form.isVerbose { group.addTask { await StatusLine.tellStates(client) } }
    group.addTask { try await StatusLine.tell(client, form.details, isVerbose: form.isVerbose) }
  }
}
