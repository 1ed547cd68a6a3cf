import NIOCore
import Testing

@testable import MarketData

/// A refusal says where and what, on one visible line.
@Suite struct PacketErrorTests {
  @Test func namesRowColumnAndByte() {
    let error = refusal(packet("updates", "A,B,C", "[\"x\",null,1],[\"y\",[1,2,3],1]"))
    #expect(error?.description == "row 2, column B, byte 85 of the body: must be [number, decimals] or null")
    #expect(error?.row == 2 && error?.column == "B" && error?.offset == 85)
    #expect(refusal("")?.description == "byte 0 of the body: the body ends where `{` is due")
  }

  @Test func namesOfThePeerAreQuotedShortlyAndVisibly() {
    let twice = refusal(packet("updates", "A,a\\u001b[2J\\n\\u202e,a\\u001b[2J\\n\\u202e", ""))
    #expect(twice?.message == "the column a\\u{1b}[2J\\n\\u{202e} stands twice in `columns`")
    let dropped = refusal(packet("updates", "A,x\\ny", "[\"k\",nul]"))
    #expect(dropped?.column == "x\ny")
    #expect(dropped?.description == "row 1, column x\\ny, byte 74 of the body: `]` where `null` is due")
    let long = String(repeating: "ж", count: 100)
    let cut = refusal(packet("updates", "A,\(long),\(long)", ""))
    #expect(cut?.message == "the column \(String(repeating: "ж", count: 60))... stands twice in `columns`")
  }
}
