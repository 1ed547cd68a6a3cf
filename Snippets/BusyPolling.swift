// Changes without any sleep between the socket and the reader, at the price of a core.

import ISSPlus

func follow(_ client: ISSPlusClient) async throws {
  let book = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", delivery: .lossless)
  for try await update in book.changes { print(update.changes.count, update.state) }
}

// snippet.polling
var configuration = ISSPlusConfiguration()
configuration.busyPolling = true
try await withISSPlus(configuration) { client in
  let reader = Task(executorPreference: client.executor) { try await follow(client) }
  try await reader.value
}
// snippet.end
