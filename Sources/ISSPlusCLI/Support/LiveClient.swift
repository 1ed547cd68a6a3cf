import ISSPlus
import NIOConcurrencyHelpers

/// A client with Ctrl-C and SIGTERM: both end it gracefully.
struct LiveClient {
  let client: ISSPlusClient
  private let interrupted = NIOLockedValueBox(false)

  /// Whether a signal has come.
  var wasInterrupted: Bool { interrupted.withLockedValue { $0 } }

  private init(_ client: ISSPlusClient) { self.client = client }

  /// Connects, runs the body and disconnects; turns the library's failures into the command's.
  ///
  /// - Parameter isWholeOnlyAtEnd: whether an interrupted run has no result (exit status 130), as for one snapshot.
  static func run(
    _ configuration: ISSPlusConfiguration, isWholeOnlyAtEnd: Bool = false, _ body: (LiveClient) async throws -> Void
  ) async throws {
    do {
      let live = LiveClient(try ISSPlusClient(configuration))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          await Interruption.watch {
            live.interrupted.withLockedValue { $0 = true }
            await live.client.shutdown()
          }
        }
        defer { group.cancelAll() }
        do {
          try await live.client.connect()
          try await body(live)
        } catch let error as ISSPlusError where error.code == .closed && live.wasInterrupted {
          if isWholeOnlyAtEnd { throw Failure(.interrupted, "interrupted") }
        } catch {
          await live.client.shutdown()
          throw error
        }
        await live.client.shutdown()
      }
    } catch let error as ISSPlusError {
      throw Failure(error)
    }
  }
}
