import NIOCore
import Testing

@testable import MarketData

/// The quick ways of numbers and letters against the slow reference: each length of digits, and each byte in each place.
///
/// Quick ways look at eight bytes at once; a fault of theirs shows at one length or one byte only.
@Suite struct QuickCellTests {
  static let columns = schema("A fixed,B integer,C string,D fixed,E")

  /// The row as the decoder has it, or nil where it refuses.
  private static func decoded(_ row: [UInt8]) -> [String]? {
    let decoder = PacketDecoder(schema: columns)
    guard (try? decoder.decodeMessage(ByteBuffer(bytes: body(row)))) != nil else { return nil }
    var table = KeyedTable(schema: columns)
    _ = table.apply(decoder)
    return table.rows.first.map { ChangeReader.cells($0) }
  }

  private static func expected(_ row: [UInt8]) -> [String]? {
    guard let packet = try? ReferencePacket(body(row), columns: columns.columns) else { return nil }
    return columns.columns.map { packet.rows.first?[$0.name] ?? "null" }
  }

  private static func body(_ row: [UInt8]) -> [UInt8] {
    let head = "{\"properties\":{\"type\":\"snapshot\"},\"columns\":[\"A\",\"B\",\"C\",\"D\",\"E\"],\"data\":[["
    return Array(head.utf8) + row + Array("]]}".utf8)
  }

  private static func agrees(_ row: String) -> Bool { decoded(Array(row.utf8)) == expected(Array(row.utf8)) }

  /// So many digits, without a leading zero.
  private static func digits(_ count: Int, from first: Int = 1) -> String {
    String((0..<count).map { Character(String(($0 + first) % 10)) })
  }

  @Test(arguments: 0...20) func eachLengthOfDigits(whole: Int) {
    for sign in ["", "-"] {
      let wholes = [Self.digits(whole), "0" + Self.digits(max(0, whole - 1)), Self.digits(whole, from: 9)]
      for number in wholes {
        for fraction in 0...10 {
          let literal = sign + number + (fraction == 0 ? "" : "." + Self.digits(fraction))
          for decimals in [0, 1, 2, fraction, fraction + 1] {
            for comma in [",", ", ", " ,", ",  "] {
              let row = "[\(literal)\(comma)\(decimals)],1,\"x\",[\(literal),\(decimals)],[\(literal),\(decimals)]"
              #expect(Self.agrees(row), "\(row)")
            }
          }
        }
        let row = "[1.5,1],\(sign)\(number),\"x\",null,\(sign)\(number)"
        #expect(Self.agrees(row), "\(row)")
      }
    }
  }

  @Test(arguments: [
    "[12.50,2],1234567,\"x\",[1.5,1],7", "[9.99,2],0,\"\",null,\"B\"", "[-0.5,1],-12345678,\"xy\",[12345.67,2],[1.5,1]",
    "[12, 0], 12, \"x\", [1.25, 2], 1.5",
  ])
  func eachByteInEachPlace(row: String) {
    let bytes = Array(row.utf8)
    #expect(Self.decoded(bytes) != nil)
    var accepted = 0
    for place in bytes.indices {
      for byte in UInt8.min...UInt8.max where byte != bytes[place] {
        var broken = bytes
        broken[place] = byte
        let (found, wanted) = (Self.decoded(broken), Self.expected(broken))
        if found != nil { accepted += 1 }
        #expect(found == wanted, "byte \(byte) at \(place) of \(row)")
      }
    }
    // Both sides of the border are visited.
    #expect(accepted > bytes.count && accepted < bytes.count * 200)
  }
}
