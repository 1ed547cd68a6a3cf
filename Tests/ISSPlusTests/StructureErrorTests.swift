import ISSPlus
import MarketData
import NIOCore
import Testing

@Suite struct StructureErrorTests {
  /// A body and what its error says.
  struct Case: Sendable, CustomTestStringConvertible {
    let body: ByteBuffer
    let error: String

    init(_ body: String, _ error: String) {
      self.body = ByteBuffer(string: body)
      self.error = error
    }

    init(_ body: [UInt8], _ error: String) {
      self.body = ByteBuffer(bytes: body)
      self.error = error
    }

    var testDescription: String { error }
  }

  @Test(arguments: [
    Case("", "the body is empty"),
    Case(" \n", "the body is empty"),
    Case(#"{"structure":{"M":{}"#, "byte 20: the body ends inside its JSON"),
    Case(#"{"structure":{"M"#, "byte 16: the body ends inside its JSON"),
    Case(#"{"structure":tr"#, "byte 15: the body ends inside its JSON"),
    Case(#"{"structure":{}} {}"#, "byte 17: unexpected character"),
    Case(#"{"structure":{}}x"#, "byte 16: no JSON begins like this"),
    Case(#"{"structure":{}}]"#, "byte 16: unexpected character"),
    Case("{\"structure\":{}}\u{0}", "byte 16: no JSON begins like this"),
    Case("\u{feff}{\"structure\":{}}", "byte 0: no JSON begins like this"),
    Case(#"{"structure":NaN}"#, "byte 13: no JSON begins like this"),
    Case(#"{"structure":nan}"#, "byte 13: a word that is none in JSON"),
    Case(#"{"structure":-Infinity}"#, "byte 13: a number that is none in JSON"),
    Case(#"{"structure":True}"#, "byte 13: no JSON begins like this"),
    Case(#"{"structure":truely}"#, "byte 13: a word that is none in JSON"),
    Case(#"{"structure":{},"x":1.}"#, "byte 20: a number that is none in JSON"),
    Case(#"{"structure":{},"x":01}"#, "byte 20: a number that is none in JSON"),
    Case(#"{"structure":{},"x":-}"#, "byte 20: a number that is none in JSON"),
    Case(#"{"structure":{},"x":1e}"#, "byte 20: a number that is none in JSON"),
    Case(#"{"structure":{},"x":.5}"#, "byte 20: no JSON begins like this"),
    Case(#"{"structure":{},"x":+5}"#, "byte 20: no JSON begins like this"),
    Case("{\"structure\":{},\"x\":\"a\nb\"}", "byte 22: a control character in a string"),
    Case("{\"structure\":{},\"x\":\"\u{0}\"}", "byte 21: a control character in a string"),
    Case("{\"structure\":{},\u{b}\"x\":1}", "byte 16: no JSON begins like this"),
    Case(#"{"structure":{},"x":"\u0000"}"#, "byte 21: a NUL in a string"),
    Case(#"{"structure":{},"x":"\q"}"#, "byte 21: a broken escape in a string"),
    Case(#"{"structure":{},"x":"\u12g4"}"#, "byte 21: a broken escape in a string"),
    Case(#"{"structure":{},"x":"\u12"#, "byte 25: the body ends inside its JSON"),
    Case(#"{"structure":{},"x":"\uDEFA"}"#, "byte 21: a lone surrogate in a string"),
    Case(#"{"structure":{},"x":"\ud800"}"#, "byte 21: a lone surrogate in a string"),
    Case(#"{"structure":{},"x":"\udbff\n"}"#, "byte 21: a lone surrogate in a string"),
    Case(#"{"structure":{},"x":"\udbff\ud800\udc00"}"#, "byte 21: a lone surrogate in a string"),
    Case(#"{"structure":{},"x":"\ud83d\ude00\ude00"}"#, "byte 33: a lone surrogate in a string"),
    Case(#"{"structure":{},"x":"\ud83d"#, "byte 27: the body ends inside its JSON"),
    Case(#"{"structure":{},"x":"\ud83d\ude"#, "byte 31: the body ends inside its JSON"),
    Case(#"{"structure":{"M\udefa":{}}}"#, "byte 16: a lone surrogate in a string"),
    Case(
      #"{"structure":{},"x":"\ud836\udc00"}"#, "byte 21: an escape of U+1D800, which json-c would replace, in a string"),
    Case(
      #"{"structure":{},"x":"a\uDBF7\uDFFF"}"#,
      "byte 22: an escape of U+10DFFF, which json-c would replace, in a string"),
    Case(#"{"structure":{}/* */}"#, "byte 15: no JSON begins like this"),
    Case(#"{'structure':{}}"#, "byte 1: no JSON begins like this"),
    Case(#"{"structure":{},}"#, "byte 16: unexpected character"),
    Case(#"{"structure":{},"x":[1,]}"#, "byte 23: unexpected character"),
    Case(#"{"structure":{},"x":[,]}"#, "byte 21: unexpected character"),
    Case(#"{"structure" {}}"#, "byte 13: object property name separator ':' expected"),
    Case(#"{"structure":{}"x":1}"#, "byte 15: object value separator ',' expected"),
  ])
  func `JSON that is none is refused with its place`(_ example: Case) {
    #expect(message(of: example.body) == example.error)
  }

  @Test(arguments: [
    Case([0x22, 0xff, 0x22], "byte 37: invalid utf-8 string"),
    Case([0x22, 0xc3, 0x28, 0x22], "byte 38: invalid utf-8 string"),
    Case([0x22, 0xe2, 0x82, 0x22], "byte 39: invalid utf-8 string"),
    Case([0x22, 0xc0, 0x80, 0x22], "structure.M.enums[0].name: is not UTF-8"),
    Case([0x22, 0xed, 0xa0, 0x80, 0x22], "structure.M.enums[0].name: is not UTF-8"),
  ])
  func `a name that is no UTF-8 is refused`(_ example: Case) {
    var value = ByteBuffer(string: #"{"structure":{"M":{"enums":[{"name":"#)
    value.writeImmutableBuffer(example.body)
    value.writeString("}]}}}")
    #expect(message(of: value) == example.error)

    var name = ByteBuffer(string: #"{"structure":{"#)
    name.writeImmutableBuffer(example.body)
    name.writeString(":{}}}")
    #expect(message(of: name) != nil)
  }

  @Test(arguments: [
    Case("[]", "the body: is not an object"),
    Case(#""structure""#, "the body: is not an object"),
    Case("null", "the body: is not an object"),
    Case("17 ", "the body: is not an object"),
    Case("{}", "the body: has no structure"),
    Case(#"{"structure":null}"#, "the body: has no structure"),
    Case(#"{"structure":[]}"#, "structure: is not an object"),
    Case(#"{"structure":{"M":[]}}"#, "structure.M: is not an object"),
    Case(#"{"structure":{"M":null}}"#, "structure.M: is not an object"),
    Case(#"{"structure":{"M\n":1}}"#, #"structure."M\n": is not an object"#),
    Case(#"{"structure":{"M":{"enums":{}}}}"#, "structure.M.enums: is not an array"),
    Case(#"{"structure":{"M":{"enums":[1]}}}"#, "structure.M.enums[0]: is not an object"),
    Case(#"{"structure":{"M":{"enums":[{}]}}}"#, "structure.M.enums[0]: has no name"),
    Case(
      #"{"structure":{"M":{"enums":[{"name":"e","values":[{"id":1}]}]}}}"#,
      "structure.M.enums[0].values[0].id: is not a string"),
    Case(#"{"structure":{"M":{"streams":[{"name":7}]}}}"#, "structure.M.streams[0].name: is not a string"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s"},{"name":"t","access":[]}]}}}"#,
      "structure.M.streams[1].access: is not a string"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s","output":[{"name":"C"},null]}]}}}"#,
      "structure.M.streams[0].output[1]: is not an object"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s","output":[{"name":"C","type":2}]}]}}}"#,
      "structure.M.streams[0].output[0].type: is not a string"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s","output":[{"name":"C","primary":"yes"}]}]}}}"#,
      "structure.M.streams[0].output[0].primary: is not true or false"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s","output":[{"name":"C","primary":2}]}]}}}"#,
      "structure.M.streams[0].output[0].primary: is not true or false"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s","output":[{"name":"C","length":1.5}]}]}}}"#,
      "structure.M.streams[0].output[0].length: is not a whole number"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s","output":[{"name":"C","length":18446744073709551616}]}]}}}"#,
      "structure.M.streams[0].output[0].length: is not from 0 to 2147483647"),
    Case(
      #"{"structure":{"M":{"streams":[{"name":"s","output":[{"name":"C","length":-1}]}]}}}"#,
      "structure.M.streams[0].output[0].length: is not from 0 to 2147483647"),
    Case(
      #"{"structure":{"M":{"queries":[{"name":"s","params":[{"name":"C","caption":{"ru":[]}}]}]}}}"#,
      "structure.M.queries[0].params[0].caption.ru: is not a string"),
  ])
  func `a wrong shape is refused with its path`(_ example: Case) {
    #expect(message(of: example.body) == example.error)
  }

  @Test func `nesting beyond the limit is refused`() {
    let arrays = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(message(of: ByteBuffer(string: #"{"structure":{},"deep":\#(arrays)}"#)) == "byte 86: nesting too deep")
  }

  @Test func `a body beyond the limit is refused unread`() {
    let body = ByteBuffer(repeating: UInt8(ascii: " "), count: Structure.maximumBodyLength + 1)
    #expect(message(of: body) == "the body has 67108865 bytes, 67108864 are allowed")
  }

  @Test func `no prefix of a body is taken for the whole`() {
    let body = Catalogue.builtIn.connectedBody()
    for length in stride(from: 0, to: body.readableBytes, by: 4099) {
      #expect(message(of: body.getSlice(at: 0, length: length)) != nil)
    }
  }

  private func message(of body: ByteBuffer?) -> String? {
    guard let body else { return nil }
    do throws(StructureError) {
      _ = try Structure(body: body)
      return nil
    } catch {
      return error.description
    }
  }
}
