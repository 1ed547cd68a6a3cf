import Testing

@testable import MarketData

/// The cases of JSONTestSuite that are no text, and those where a reader may do either: what this one does.
extension JSONGrammarTests {
  static let notUTF8: [(String, [UInt8])] = [
    ("n_array_a_invalid_utf8", [0x61, 0xE5]), ("n_array_invalid_utf8", [0xFF]),
    ("n_number_invalid-utf-8-in-bigger-int", Array("123".utf8) + [0xE5]),
    ("n_number_invalid-utf-8-in-exponent", Array("1e1".utf8) + [0xE5]),
    ("n_number_invalid-utf-8-in-int", [0x30, 0xE5]),
    ("n_number_real_with_invalid_utf8_after_e", [0x31, 0x65, 0xE5]),
    ("n_string_escaped_invalid", [0x22, 0x5C, 0xE5, 0x22]),
    ("n_string_invalid_utf8_after_escape", [0x22, 0x5C, 0x75, 0xE5, 0x22]),
    ("n_structure_incomplete_UTF8_BOM", [0xEF, 0xBB, 0x7B, 0x7D]), ("n_structure_lone-invalid-utf-8", [0xE5]),
    ("i_string_UTF-8_invalid_sequence", [0x22, 0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA, 0x22]),
    ("i_string_UTF8_surrogate_U+D800", [0x22, 0xED, 0xA0, 0x80, 0x22]), ("i_string_invalid_utf-8", [0x22, 0xFF, 0x22]),
    ("i_string_iso_latin_1", [0x22, 0xE9, 0x22]), ("i_string_lone_utf8_continuation_byte", [0x22, 0x81, 0x22]),
    ("i_string_not_in_unicode_range", [0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22]),
    ("i_string_overlong_sequence_2_bytes", [0x22, 0xC0, 0xAF, 0x22]),
    ("i_string_overlong_sequence_6_bytes", [0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22]),
    ("i_string_overlong_sequence_6_bytes_null", [0x22, 0xFC, 0x80, 0x80, 0x80, 0x80, 0x80, 0x22]),
    ("i_string_truncated-utf-8", [0x22, 0xE0, 0xFF, 0x22]),
    ("i_string_utf16BE_no_BOM", [0x00, 0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D]),
    ("i_string_UTF-16LE_with_BOM", [0xFF, 0xFE, 0x5B, 0x00, 0x22, 0x00, 0xE9, 0x00, 0x22, 0x00, 0x5D, 0x00]),
    ("i_structure_UTF-8_BOM_empty_object", [0xEF, 0xBB, 0xBF, 0x7B, 0x7D]),
  ]

  @Test(arguments: notUTF8) func refusesWhatIsNoUTF8(name: String, bytes: [UInt8]) {
    #expect(Self.error(bytes)?.code == .syntax, "\(name)")
    #expect(Self.error([0x5B] + bytes + [0x5D])?.code == .syntax, "\(name) in an array")
  }

  /// A lone surrogate is no text that anybody could print: refused (tables.md, Cells).
  static let loneSurrogates: [(String, String)] = [
    ("object_key_lone_2nd_surrogate", "{\"\\uDFAA\":0}"), ("string_1st_surrogate_but_2nd_missing", "[\"\\uDADA\"]"),
    ("string_1st_valid_surrogate_2nd_invalid", "[\"\\uD888\\u1234\"]"),
    ("string_incomplete_surrogate_and_escape_valid", "[\"\\uD800\\n\"]"),
    ("string_incomplete_surrogate_pair", "[\"\\uDd1ea\"]"),
    ("string_incomplete_surrogates_escape_valid", "[\"\\uD800\\uD800\\n\"]"),
    ("string_invalid_lonely_surrogate", "[\"\\ud800\"]"), ("string_invalid_surrogate", "[\"\\ud800abc\"]"),
    ("string_inverted_surrogates_U+1D11E", "[\"\\uDd1e\\uD834\"]"), ("string_lone_second_surrogate", "[\"\\uDFAA\"]"),
  ]

  @Test(arguments: loneSurrogates) func refusesLoneSurrogates(name: String, text: String) {
    #expect(Self.error(Array(text.utf8))?.code == .syntax, "i_\(name)")
  }
}
