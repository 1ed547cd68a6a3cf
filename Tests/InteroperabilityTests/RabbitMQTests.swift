import ISSPlus
import MarketData
import STOMP
import Testing

/// Dialect `stomp12` against a broker of others: connect, subscribe, receive, receipt, error.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RabbitMQTests {
  @Test(
    "RabbitMQ with Web STOMP",
    .enabled(if: Servers.rabbitMQ, "needs RabbitMQ, from the package rabbitmq-server"))
  func webSTOMP() async throws {
    try await Servers.withFolder { folder in
      let port = try Servers.freePorts()
      try await Program.serve("sh", [Servers.peers + "/rabbitmq.sh", folder, "\(port)"], marker: "listening:") { port in
        try await converse(port)
        try await refusals(port)
      }
    }
  }

  private func configuration(_ port: Int) -> ISSPlusConfiguration {
    var configuration = ISSPlusConfiguration(url: "ws://127.0.0.1:\(port)/ws")
    configuration.dialect = .stomp12
    configuration.reconnects = false
    return configuration
  }

  private func converse(_ port: Int) async throws {
    let client = try ISSPlusClient(configuration(port))
    try await client.connect()
    // Confirmed by its RECEIPT: nothing has been sent to the topic.
    let subscription = try await client.subscribe("/topic/book", selectorText: nil, delivery: .lossless)
    var iterator = subscription.changes.makeAsyncIterator()
    try send(port + 3, quantities: [1, 2, 3])
    for quantity in [1, 2, 3] as [Int64] {
      let update = try #require(try await iterator.next())
      #expect(update.changes.map { $0.after?["QUANTITY"] } == [.integer(quantity)])
      #expect(update.changes.last?.after?["PRICE"]?.description == "257.10")
    }
    #expect(await subscription.table()?.count == 1)
    await subscription.unsubscribe()
    await client.shutdown()
  }

  private func refusals(_ port: Int) async throws {
    let client = try ISSPlusClient(configuration(port))
    try await client.connect()
    let error = await #expect(throws: ISSPlusError.self) {
      try await client.subscribe("/nonsense/of/ours", selectorText: nil)
    }
    #expect(error?.code == .refused, "\(String(describing: error))")
    await client.shutdown()
    var wrong = configuration(port)
    wrong.credentials = Credentials(domain: "", login: "guest", passcode: "wrong")
    let stranger = try ISSPlusClient(wrong)
    let denied = await #expect(throws: ISSPlusError.self) { try await stranger.connect() }
    #expect(denied.map { [.accessDenied, .refused].contains($0.code) } == true, "\(String(describing: denied))")
    await stranger.shutdown()
  }

  /// Puts packets on the topic by Python's sockets: plain STOMP over TCP.
  private func send(_ port: Int, quantities: [Int]) throws {
    let script = """
      import json, socket
      line = socket.create_connection(("127.0.0.1", \(port)))
      def frame(head, body=""): line.sendall((head + "\\n\\n" + body + "\\0").encode())
      frame("CONNECT\\naccept-version:1.2\\nhost:127.0.0.1\\nlogin:guest\\npasscode:guest")
      assert line.recv(4096).startswith(b"CONNECTED")
      for index, quantity in enumerate(\(quantities)):
          kind = "updates" if index else "snapshot"
          body = json.dumps({"properties": {"type": kind}, "columns": ["BUYSELL", "PRICE", "QUANTITY"],
                             "data": [["B", [257.1, 2], quantity]]})
          frame("SEND\\ndestination:/topic/book", body)
      frame("DISCONNECT\\nreceipt:end")
      while b"RECEIPT" not in line.recv(4096): pass
      """
    try Program.run("python3", ["-c", script])
  }
}
