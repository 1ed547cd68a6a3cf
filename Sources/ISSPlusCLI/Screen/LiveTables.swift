import ISSPlus
import MarketData

/// The tables of a display: each is read at most twenty times a second, and what comes in between is merged by key, so
/// that a fast market costs a display no more than a slow one.
enum LiveTables {
  /// What came of a subscription.
  enum Event {
    /// Changes or a new state, with the table as it stands when it was asked for.
    case update(TableUpdate, KeyedTable?)
    /// Nothing more comes, for that reason; `nil` when the command ends.
    case ended(ISSPlusError?)
  }

  /// The least time between two drawings, and between two readings of a table.
  static let pause = Duration.milliseconds(50)

  /// Subscribes to all and hands over what comes until all have ended.
  static func follow(
    _ client: ISSPlusClient, _ asked: [SelectionOptions.Asked], wholeTables: Bool,
    _ take: @escaping @Sendable (Int, Event) -> Void
  ) async {
    await withTaskGroup(of: Void.self) { group in
      for (number, one) in asked.enumerated() {
        group.addTask {
          do {
            try await follow(client, one, wholeTables: wholeTables) { take(number, $0) }
            take(number, .ended(nil))
          } catch let error as ISSPlusError where error.code != .closed {
            take(number, .ended(error))
          } catch {
            // Shut down, or cancelled.
            take(number, .ended(nil))
          }
        }
      }
    }
  }

  private static func follow(
    _ client: ISSPlusClient, _ one: SelectionOptions.Asked, wholeTables: Bool, _ take: (Event) -> Void
  ) async throws {
    let subscription = try await client.subscribe(one.destination, selectorText: one.selector, delivery: .conflate)
    for try await update in subscription.changes {
      take(.update(update, wholeTables ? await subscription.table() : nil))
      try await Task.sleep(for: pause)
    }
  }
}
