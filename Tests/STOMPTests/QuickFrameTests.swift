import NIOCore
import Testing

@testable import STOMP

/// Complete plain frames are read another way than frames in pieces: both must say the same.
@Suite struct QuickFrameTests {
  private static let frame =
    "MESSAGE\ncontent-length:12\ndestination:MXSE.orderbooks\nsubscription:s1\nX-gateway-stamp:17\n\n{\"data\":[1]}\0"
  private static let without = "MESSAGE\nsubscription:\ndestination:A\nsubscription:b\n\n{\"columns\":[]}\0"

  @Test(arguments: 0..<400)
  func mutatedFramesReadAlikeWholeAndInPieces(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var bytes = Array((Self.frame + Self.without + "\n" + Self.frame + Self.frame).utf8)
    let letters = Array("\n\r\0:\\ \u{7F}M0d9=".utf8) + [0x80, 0xC3, 0xFF, 0x09]
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let letter = letters.randomElement(using: &generator) ?? 0
      switch Int.random(in: 0...2, using: &generator) {
      case 0: bytes[place] = letter
      case 1: bytes.insert(letter, at: place)
      default: bytes.remove(at: place)
      }
    }
    for dialect in [Dialect.issPlus, .stomp12] {
      for limits in [FrameLimits.default, FrameLimits(maxHeaderCount: 4, maxLineLength: 27, maxBodySize: 13)] {
        let whole = parse(bytes, .whole, dialect: dialect, limits: limits)
        let single = parse(bytes, .every(1), dialect: dialect, limits: limits)
        #expect(whole == single, "seed \(seed)")
      }
    }
  }

  @Test func aPlainFrameTellsItsRoute() {
    let frames = parse(Self.frame + Self.without).frames
    #expect(frames.count == 2)
    #expect(frames[0].headers.routeHash != nil)
    #expect(frames[0].headers.hasRoute(subscription: Array("s1".utf8), destination: Array("MXSE.orderbooks".utf8)))
    #expect(!frames[0].headers.hasRoute(subscription: Array("s2".utf8), destination: Array("MXSE.orderbooks".utf8)))
    #expect(!frames[0].headers.hasRoute(subscription: Array("s1".utf8), destination: Array("MXSE.orderbook".utf8)))
    // Of repeated headers the first counts, also where it is empty.
    #expect(frames[1].headers.hasRoute(subscription: [], destination: [0x41]))
    #expect(frames[1].headers["subscription"] == "")
    let other = parse(Self.frame).frames
    #expect(other[0].headers.routeHash == frames[0].headers.routeHash)
  }

  @Test(arguments: [
    "MESSAGE\nsubscription:s1\n\n0123456789\0", "MESSAGE\nsub\\cscription:s1\ndestination:A\n\nbody 123\0",
  ])
  func aFrameWithoutARouteHasNone(text: String) {
    let frames = parse(text).frames
    #expect(frames.count == 1 && frames[0].headers.routeHash == nil)
  }

  /// What is left over of one large piece is completed with as much of the next as it takes.
  @Test(arguments: 0..<40)
  func largePiecesGiveTheSameFrames(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var text = ""
    for number in 0..<300 {
      let body = String(repeating: "x", count: Int.random(in: 0...[20, 700, 9000][number % 3], using: &generator))
      text += "MESSAGE\ncontent-length:\(body.utf8.count)\nsubscription:\(number)\ndestination:A\n\n\(body)\0"
      if number % 11 == 0 { text += "\n" }
    }
    let size = Int.random(in: 15_000...200_000, using: &generator)
    let whole = parse(text)
    #expect(whole.frames.count == 300 && whole.error == nil)
    #expect(parse(text, .every(size)) == whole, "seed \(seed)")
  }
}
