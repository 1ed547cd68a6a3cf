// Changes on the thread that reads the line, without waking another one.

import ISSPlus

try await withISSPlus { client in
  let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", delivery: .lossless)
  // snippet.reader
  let reader = Task(executorPreference: client.executor) {
    for try await update in book.changes { print(update.changes.count, update.state) }
  }
  // snippet.end
  try await reader.value
}
