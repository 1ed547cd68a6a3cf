import ISSPlus

/// The loop of a command that shows something in place.
enum Redraw {
  /// How often ages go on while nothing else changes, counted in pauses.
  private static let idlePauses = 2
  /// How often the state of the line is asked for, counted in pauses.
  private static let linePauses = 5

  /// What a loop draws.
  struct Frame: Sendable {
    /// Whether nothing more comes.
    var isOver: Bool
    /// Grows with each change of what is shown.
    var version: Int
  }

  /// Draws at most twenty times a second until nothing more comes; then gives the terminal back and leaves the last
  /// lines on it.
  ///
  /// - Parameters:
  ///   - frame: looks whether there is something to draw.
  ///   - lines: the lines for a screen of that size.
  static func run(
    _ client: ISSPlusClient, frame: () -> Frame, lines: (ScreenSize, LineWords, String?) -> [StyledLine]
  ) async throws {
    let screen = Screen.open()
    var words = LineWords()
    var rate = 0.0
    var packets = await client.counters().packets
    var countedAt = ContinuousClock.now
    var last: (version: Int, size: ScreenSize, note: String?)?
    var pauses = 0
    do {
      while true {
        let now = frame()
        if now.isOver { break }
        if pauses % linePauses == 0 {
          let elapsed = ContinuousClock.now - countedAt
          if elapsed >= .seconds(1) {
            let now = await client.counters().packets
            rate = Double(now - packets) / (elapsed / .seconds(1))
            packets = now
            countedAt = .now
          }
          words = await LineWords.now(client, rate: rate)
        }
        let size = ScreenSize.now()
        let note = screen.note()
        if last?.version != now.version || last?.size != size || last?.note != note || pauses % idlePauses == 0 {
          try screen.draw(lines(size, words, note), size)
          last = (now.version, size, note)
        }
        pauses += 1
        try await Task.sleep(for: LiveTables.pause)
      }
    } catch {
      try? screen.close([])
      throw error
    }
    try screen.close(lines(ScreenSize.now(), words, nil))
  }
}

extension ScreenSize {
  /// The size of the terminal of standard output.
  static func now() -> ScreenSize { now(of: 1) }
}
