// The reader of CONNECTED bodies against a strict JSON reader in C: what is accepted is JSON, and what is refused as JSON is
// none. Input: the body.

import CFuzz
import FuzzSupport
import MarketData
import NIOCore

@testable import ISSPlus

@main enum Connected {
  static func main() {
    runFuzzer { start, count in
      Connected.one(Input(start, count))
      return 0
    }
  }

  static func one(_ input: Input) {
    var input = input
    let body = input.rest()
    let tree = json_read(body.baseAddress, body.count, Int32(Structure.maximumDepth))
    do throws(StructureError) {
      let structure = try Structure(body: ByteBuffer(bytes: body))
      expect(tree != nil, "no JSON, but a structure", String(decoding: body, as: UTF8.self))
      expect(structure.notes.count <= Structure.maximumNotes, "notes without end")
      check(structure, tree)
    } catch {
      if let offset = error.offset { expect(offset >= 0 && offset <= body.count, "the place of the error", error) }
      expect(!error.description.utf8.contains { $0 < 0x20 }, "control characters in an error", error)
      // A place in the text is given for broken JSON only. NUL and lone surrogates, which JSON has, are refused too.
      let isPlain = !String(decoding: body, as: UTF8.self).contains("\\u")
      if error.offset != nil, isPlain {
        expect(tree == nil, "JSON is refused as none", error, String(decoding: body, as: UTF8.self))
      }
    }
  }

  /// The markets in the order of the text; of two with one name the last stands, in the place of the first.
  private static func check(_ structure: Structure, _ tree: UnsafePointer<JSONValue>?) {
    var names: [String] = []
    // Of two members `structure` the last one counts.
    var member = tree?.pointee.first
    while let one = member {
      if text(one.pointee.name, one.pointee.nameCount) == "structure" {
        names = []
        var market = one.pointee.first
        while let value = market {
          let name = text(value.pointee.name, value.pointee.nameCount)
          if !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { names.append(name) }
          market = value.pointee.next
        }
      }
      member = one.pointee.next
    }
    let own = structure.catalogue.markets.map { Array($0.name.utf8) }
    expect(own == names.map { Array($0.utf8) }, "the markets", structure.catalogue.markets.map(\.name), names)
  }

  private static func text(_ start: UnsafePointer<UInt8>?, _ count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
