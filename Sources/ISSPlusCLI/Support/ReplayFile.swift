import GatewaySimulator

/// The file of `simulate --replay`.
enum ReplayFile {
  /// Reads a recording and says what of it is not served.
  ///
  /// - Throws: a `Failure` with status 66 when it cannot be read, 65 when it is broken or holds nothing to serve.
  static func read(_ path: String) throws -> Replay {
    let input = try Input(path: path)
    var reader = ReplayReader()
    let replay: Replay
    do {
      try input.read { piece, _ in
        try reader.append(piece)
        return true
      }
      replay = try reader.finish()
    } catch let error as ReplayError {
      throw Failure(.brokenFile, "\(input.name): \(error)")
    }
    if let torn = replay.tornTail {
      StandardError.say(
        "\(input.name): torn tail: the last record is incomplete, "
          + "\(torn.byteCount) bytes from byte \(torn.offset) on are skipped")
    }
    if replay.cutFrameCount > 0 {
      StandardError.say(
        "skipped \(Warnings.count(replay.cutFrameCount, "frame")) that the end of the recording or of a connection "
          + "had cut off")
    }
    if replay.leftOutCount > 0 {
      StandardError.say(
        "not served: \(Warnings.count(replay.leftOutCount, "frame")) of the gateway that names no subscription or request"
      )
    }
    return replay
  }
}

extension Simulate {
  /// What does not go together.
  func replayComplaint() -> String? {
    if replay == nil {
      if speed != nil { return "--speed goes with --replay" }
      return loop ? "--loop goes with --replay" : nil
    }
    if let speed, ReplaySpeed(speed) == nil { return "--speed takes 1x, 10x, 0.5x or max, not \(speed)" }
    let isMarketGiven = seed != 1 || tickers != 10 || rate != nil || !with.isEmpty || listSwitches
    return isMarketGiven ? "--replay serves what was recorded: it excludes --seed, --tickers, --rate and --with" : nil
  }
}
