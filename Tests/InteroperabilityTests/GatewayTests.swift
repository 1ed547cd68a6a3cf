import Foundation
import ISSPlus
import MarketData
import Testing

/// Our client against a gateway that knows nothing of this project, directly and behind servers that people put in front.
@Suite(.serialized, .timeLimit(.minutes(3))) struct GatewayTests {
  private static let needsWebSockets: Comment = "python3 cannot import websockets (pip install websockets)"

  /// Subscribe, snapshot, updates, removal; a refused stream; a query; a clean end.
  private func converse(_ url: String) async throws {
    let client = try ISSPlusClient(ISSPlusConfiguration(url: url))
    try await client.connect()
    let subscription = try await client.subscribe("MXSE.orderbooks", ticker: "MXSE.TQBR.SBER", delivery: .lossless)
    var iterator = subscription.changes.makeAsyncIterator()
    let first = try #require(try await iterator.next())
    #expect(first.changes.map { $0.after?["PRICE"]?.description } == ["257.10", "257.05", "257.20"])
    #expect(first.changes.properties.seqnum == 1_000_000_000_000_000_000)
    for index in 1...20 as ClosedRange<Int64> {
      let update = try #require(try await iterator.next())
      #expect(update.changes.map { $0.after?["QUANTITY"] } == [.integer(10 + index)])
      #expect(update.changes.properties.seqnum == 1_000_000_000_000_000_000 + UInt64(index))
    }
    let removal = try #require(try await iterator.next())
    #expect(removal.changes.map(\.kind) == [.remove])
    let rows = await subscription.table()?.rows.map(\.description)
    #expect(rows == ["BUYSELL=B PRICE=257.10 QUANTITY=30", "BUYSELL=S PRICE=257.20 QUANTITY=7"])
    let error = await #expect(throws: ISSPlusError.self) {
      try await client.subscribe("MXSE.securities", ticker: "MXSE.TQBR.SBER")
    }
    #expect(error?.code == .refused && error?.gatewayCode == .invalidRequest)
    let reply = try await client.request("SEARCH.ticker", selectorText: "pattern=\"SBER\"")
    #expect(reply.table.rows.first?["name"] == .text("Сбербанк, \"обыкн.\""))
    await client.shutdown()
  }

  @Test("a gateway in Python", .enabled(if: Servers.hasWebSockets, needsWebSockets))
  func python() async throws {
    try await Servers.gateway { port in
      try await converse("ws://127.0.0.1:\(port)/infocx/v3/websocket")
      var configuration = ISSPlusConfiguration(url: "ws://127.0.0.1:\(port)/")
      configuration.credentials = Credentials(domain: "DEMO", login: "guest", passcode: "wrong")
      let client = try ISSPlusClient(configuration)
      let error = await #expect(throws: ISSPlusError.self) { try await client.connect() }
      #expect(error?.code == .accessDenied)
      await client.shutdown()
    }
  }

  @Test(
    "a gateway in Python behind nginx", .enabled(if: Servers.hasWebSockets, needsWebSockets),
    .enabled(if: Program.find("nginx") != nil, "needs nginx, from the package nginx-light"))
  func nginx() async throws {
    try await Servers.gateway { gateway in
      try await Servers.withFolder { folder in
        let port = try Servers.freePorts()
        let configuration = """
          daemon off; master_process off; pid \(folder)/pid; error_log stderr notice; worker_processes 1;
          events { worker_connections 64; }
          http {
            access_log off;
            client_body_temp_path \(folder)/a; proxy_temp_path \(folder)/b; fastcgi_temp_path \(folder)/c;
            uwsgi_temp_path \(folder)/d; scgi_temp_path \(folder)/e;
            server {
              listen 127.0.0.1:\(port);
              location / {
                proxy_pass http://127.0.0.1:\(gateway); proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
              }
            }
          }
          """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/nginx.conf"))
        try await Program.serve(
          "nginx", ["-p", folder, "-e", "stderr", "-c", folder + "/nginx.conf"], marker: "event method", port: port
        ) { port in try await converse("ws://127.0.0.1:\(port)/infocx/v3/websocket") }
      }
    }
  }

  @Test(
    "a gateway in Python behind haproxy", .enabled(if: Servers.hasWebSockets, needsWebSockets),
    .enabled(if: Program.find("haproxy") != nil, "needs haproxy, from the package of that name"))
  func haproxy() async throws {
    try await Servers.gateway { gateway in
      try await Servers.withFolder { folder in
        let port = try Servers.freePorts()
        let configuration = """
          global
            stats socket \(folder)/stats
          defaults
            mode http
            timeout connect 5s
            timeout client 30s
            timeout server 30s
            timeout tunnel 60s
          listen issplus
            bind 127.0.0.1:\(port)
            server gateway 127.0.0.1:\(gateway)

          """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder + "/haproxy.cfg"))
        // It says nothing when it is there: the wrapper tries the port.
        let script =
          "haproxy -db -f \(folder)/haproxy.cfg & child=$!; trap 'kill $child' EXIT; "
          + "until python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", \(port)))' 2>/dev/null; "
          + "do kill -0 $child || exit 1; sleep 0.1; done; echo listening:\(port); cat >/dev/null"
        try await Program.serve("sh", ["-c", script], marker: "listening:") { port in
          try await converse("ws://127.0.0.1:\(port)/infocx/v3/websocket")
        }
      }
    }
  }
}
