import ISSPlus
import MarketData
import NIOConcurrencyHelpers
import NIOCore

/// One run of `dump`: subscribes, prints, keeps the live file, ends.
final class Follow {
  private let options: Dump
  private let asked: [SelectionOptions.Asked]
  private var output: Output
  private var writer: LineWriter?
  private var breaks = BreakNotice()
  private var lines = 0
  private var complaints = Complaints()
  private let lead: LineWriter.Lead
  /// Kept, for each packet asks: the parser of arguments makes each look at an option a search.
  private let printsLines: Bool
  private let mostLines: Int
  private let plan: LivePlan
  /// What went wrong beside the printing.
  private let problem = NIOLockedValueBox<Failure?>(nil)

  /// The table of each subscription: at its first snapshot for `--snapshot`, at its end for `--live`.
  private var tables: [KeyedTable?]
  /// Whether the first snapshot has come, or an error in its place.
  private var isSettled: [Bool]
  private var hasTable = false

  init(_ options: Dump, _ asked: [SelectionOptions.Asked]) throws {
    self.options = options
    self.asked = asked
    plan = LivePlan(options, asked)
    try plan.prepare(folder: options.liveDir)
    output = try options.output.map { try Output(path: $0) } ?? Output()
    tables = Array(repeating: nil, count: asked.count)
    isSettled = Array(repeating: false, count: asked.count)
    lead = asked.count > 1 ? .ticker : .none
    printsLines = !options.snapshot && !options.summary && !options.quiet
    mostLines = options.count ?? .max
  }

  func run(_ live: LiveClient, limit: Duration) async throws {
    let client = live.client
    let start = ContinuousClock.now
    var end = start
    await warnIfUnlisted(options.selection.destination, client)
    try await prepareWriter(client)
    let queue = MergedQueue(rows: printsLines ? options.printing.form.neededRows : .none)
    var ids: [String] = []
    for one in asked {
      do {
        ids.append(try client.subscribe(one.destination, selectorText: one.selector, into: queue))
      } catch {
        throw Failure(error)
      }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      addTimers(&group, client, ids, limit: limit)
      // Lines for a file are made where they are read: to hand them to another thread costs a fifth more. The reader of a
      // pipe may be slow, and must not hold up the lines.
      try await withTaskExecutorPreference(output.isRegularFile ? client.executor : nil) {
        try await consume(queue, client)
      }
      // What follows is the farewell to the gateway, in which nothing is counted any more.
      end = ContinuousClock.now
    }
    if let problem = problem.withLockedValue({ $0 }) { throw problem }
    if options.snapshot {
      if live.wasInterrupted, !isSettled.allSatisfy({ $0 }) { throw Failure(.interrupted, "interrupted") }
      if !live.wasEnded { tellMissing() }
      // No table is not the same as an empty one.
      if hasTable { try printTables() }
    }
    for entry in plan.entries { try writeLive(entry) }
    if options.summary { await writeSummary(client, start.duration(to: end)) }
    try output.flush()
    if let failure = complaints.first { throw failure }
  }

  /// The header is printed at once where the columns are known.
  private func prepareWriter(_ client: ISSPlusClient) async throws {
    let name = options.selection.destination
    let catalogue = await client.structure()?.catalogue ?? Catalogue.builtIn
    guard let resource = catalogue[name] ?? Catalogue.builtIn[name] else { return }
    try makeWriter(Schema(resource))
    try output.flush()
  }

  private func makeWriter(_ schema: Schema) throws {
    let fresh = try options.printing.writer(schema, lead: options.snapshot ? lead : .change)
    if printsLines { fresh.writeHeader(to: &output.text) }
    writer = fresh
  }

  private func addTimers(
    _ group: inout ThrowingTaskGroup<Void, any Error>, _ client: ISSPlusClient, _ ids: [String],
    limit: Duration
  ) {
    if let duration = options.duration?.duration {
      group.addTask {
        try await Task.sleep(for: duration)
        await client.shutdown()
      }
    }
    if options.snapshot {
      let wait = limit + .milliseconds(100) * ids.count
      group.addTask {
        try await Task.sleep(for: wait)
        await client.shutdown()
      }
    }
    for entry in plan.entries {
      let keeper = LiveFile(
        file: entry.file, every: options.every?.duration ?? .seconds(1), ids: entry.places.map { ids[$0] },
        names: entry.places.map { asked[$0].ticker }, form: options.printing.form, lead: entry.lead)
      group.addTask { [problem] in
        do {
          try await keeper.keep(client)
        } catch let failure as Failure {
          problem.withLockedValue { $0 = failure }
          await client.shutdown()
        }
      }
    }
  }

  // MARK: Changes

  private func consume(_ queue: MergedQueue, _ client: ISSPlusClient) async throws {
    var open = asked.count
    var isEnding = false
    var done: [ChangeSet] = []
    while open > 0 {
      var batch = await queue.next()
      for place in batch.indices {
        // Moved out, not copied: its rows are given back when they are printed.
        var item = MergedQueue.Item.taken
        swap(&item, &batch[place])
        switch consume item {
        case .taken: continue
        case .update(let number, let update):
          if isEnding { continue }
          try take(update, number)
          done.append(update.takeChanges())
          // While they are in the cache, and one lock for many.
          if done.count >= 64 { queue.rooms.give(back: &done) }
          if lines >= mostLines { isEnding = true }
        case .live(let number, let table):
          guard options.snapshot, !isSettled[number] else { continue }
          tables[number] = table
          isSettled[number] = true
          hasTable = true
        case .finished(let number, let error, let table):
          open -= 1
          // The others go on, and this is the status at the end.
          if let error { complaints.take(Failure(error)) }
          if !options.snapshot { tables[number] = table }
          if error != nil { isSettled[number] = true }
        }
      }
      queue.rooms.give(back: &done)
      queue.reuse(&batch)
      if options.snapshot, isSettled.allSatisfy({ $0 }) { isEnding = true }
      try output.flush()
      if isEnding {
        // Ends all subscriptions; their last tables come through the queue.
        await client.shutdown()
      }
    }
  }

  /// Says which snapshots did not come in time.
  private func tellMissing() {
    for (one, isSettled) in zip(asked, isSettled) where !isSettled {
      let what = [one.destination, one.selector].compactMap { $0 }.joined(separator: " ")
      complaints.take(Failure(.timeout, "no snapshot of \(what) in time"))
    }
  }

  private func take(_ update: TableUpdate, _ number: Int) throws {
    if printsLines, !update.changes.isEmpty {
      if writer == nil { try makeWriter(update.changes.schema) }
      lines +=
        writer?.write(update.changes, ticker: asked[number].ticker, limit: mostLines - lines, to: &output.text) ?? 0
      try output.flushIfLarge()
    }
    if update.isStateChange, let told = breaks.take("\(number)", update.state) {
      BreakNotice.say(told, at: WallClock.now())
      if printsLines { writer?.write(told, to: &output.text) }
    }
  }

  // MARK: Tables

  private func printTables() throws {
    let names = asked.map(\.ticker)
    if let text = try LiveFile.text(of: tables, names, options.printing.form, lead) {
      output.text.append(text.bytes)
    } else if let writer {
      writer.writeHeader(to: &output.text)
    }
  }

  private func writeLive(_ entry: LivePlan.Entry) throws {
    let names = entry.places.map { asked[$0].ticker }
    let form = options.printing.form
    guard let text = try LiveFile.text(of: entry.places.map { tables[$0] }, names, form, entry.lead) else { return }
    try entry.file.replace(with: text)
  }

  private func writeSummary(_ client: ISSPlusClient, _ time: Duration) async {
    let counters = await client.counters()
    Summary(
      packets: counters.packets, changes: counters.changes, bytes: counters.bytes,
      refused: counters.refusedPackets, seconds: time / .seconds(1)
    ).write(to: &output.text)
  }
}
