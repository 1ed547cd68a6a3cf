import NIOCore
import STOMP
import Testing

@Suite struct HeadersTests {
  private func parsed(_ lines: String, dialect: Dialect = .issPlus) throws -> Headers {
    try #require(parse("MESSAGE\n\(lines)\n\0", dialect: dialect).frames.first).headers
  }

  @Test func parsedEqualBuilt() throws {
    let headers = try parsed("a:1\nb:\nc:x:y\n")
    #expect(headers == ["a": "1", "b": "", "c": "x:y"])
    #expect(headers != ["a": "1", "c": "x:y", "b": ""])
    #expect(headers.count == 3)
    #expect(headers.map(\.name) == ["a", "b", "c"])
    #expect(try parsed("") == [:])
    #expect(try parsed("").isEmpty)
  }

  @Test func firstOfRepeatedHeadersCounts() throws {
    let headers = try parsed("a:1\na:2\n")
    #expect(headers["a"] == "1")
    #expect(headers.count == 2)
    #expect(headers.map(\.value) == ["1", "2"])
    #expect(Headers([(name: "a", value: "1"), (name: "a", value: "2")])["a"] == "1")
  }

  @Test func namesAreExact() throws {
    let headers = try parsed("ab:1\na:2\nb :3\na:b:4\n")
    #expect(headers["a"] == "2")
    #expect(headers["b"] == nil)
    #expect(headers["b "] == "3")
    #expect(headers["a:b"] == nil)
    #expect(headers[""] == nil)
    #expect(headers["ab:1\na"] == nil)
    #expect(headers["abc"] == nil)
  }

  @Test func escapesAreReadInNamesAndValues() throws {
    let headers = try parsed("a\\cb:1\\n2\\r3\\\\4\nplain:a\\tb\\\n")
    #expect(headers["a:b"] == "1\n2\r3\\4")
    #expect(headers["a\\cb"] == nil)
    #expect(headers["plain"] == "a\\tb\\")
    #expect(headers.bytes(of: "a:b") == ByteBuffer(string: "1\n2\r3\\4"))
  }

  @Test func framesThatOpenAConnectionAreReadRaw() throws {
    let connect = "CONNECT\npasscode:a\\cb\n\n\0"
    #expect(parse(connect).frames.first?.headers["passcode"] == "a\\cb")
    #expect(parse(connect, dialect: .stomp12).frames.first?.headers["passcode"] == "a\\cb")
    let connected = "CONNECTED\nsession:a\\cb\n\n\0"
    #expect(parse(connected).frames.first?.headers["session"] == "a:b")
    #expect(parse(connected, dialect: .stomp12).frames.first?.headers["session"] == "a\\cb")
  }

  @Test func appendingToReceivedHeaders() throws {
    var headers = try parsed("a:1\n")
    headers.append(name: "b", value: "2")
    #expect(headers == ["a": "1", "b": "2"])
  }

  @Test func noDescriptionShowsAPasscode() throws {
    let built: Headers = ["login": "guest", "passcode": "hunter2", "Passcode": "hunter2"]
    let received = try parsed("login:guest\npasscode:hunter2\nPasscode:hunter2\n")
    for headers in [built, received] {
      let frame = Frame(.connect, headers: headers)
      #expect("\(headers)" == "[\"login\": \"guest\", \"passcode\": \"***\", \"Passcode\": \"***\"]")
      #expect("\(frame)" == "CONNECT \(headers) body: 0 bytes")
      var dumped = ""
      dump(frame, to: &dumped)
      for text in [String(reflecting: frame), String(reflecting: headers), "\([frame])", dumped] {
        #expect(!text.contains("hunter2"))
      }
    }
  }
}
