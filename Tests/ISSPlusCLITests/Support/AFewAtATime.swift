import Testing

/// Lets some tests of a suite run side by side, and no more: the others wait for their turn.
///
/// A test waits within its time limit, which has to be large enough for all.
struct AFewAtATime: SuiteTrait, TestTrait, TestScoping {
  /// Two processors are busy with four: most of a test's time it waits for a program.
  private static let turns = Turns(4)

  let isRecursive = true

  /// A turn is for one case of one test, neither for a suite nor for all cases of a test together.
  func scopeProvider(for test: Test, testCase: Test.Case?) -> AFewAtATime? { testCase == nil ? nil : self }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    await Self.turns.take()
    do {
      try await function()
    } catch {
      await Self.turns.giveBack()
      throw error
    }
    await Self.turns.giveBack()
  }

  /// Turns, given in the order in which they were asked for.
  private actor Turns {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    func take() async {
      if free > 0 {
        free -= 1
      } else {
        await withCheckedContinuation { waiting.append($0) }
      }
    }

    /// The turn goes to the one that has waited longest.
    func giveBack() {
      if waiting.isEmpty {
        free += 1
      } else {
        waiting.removeFirst().resume()
      }
    }
  }
}

extension Trait where Self == AFewAtATime {
  static var aFewAtATime: Self { Self() }
}
