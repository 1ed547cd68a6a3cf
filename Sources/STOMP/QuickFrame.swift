internal import NIOCore

// The usual MESSAGE, complete in the input, in one pass over its head. Like `ByteScan.swift` this file reads memory
// directly; everything it does not take as plain goes to `FrameState`, which alone says what is wrong.

/// Where the parts of a complete, plain MESSAGE stand, relative to its first byte.
///
/// Plain: line feeds alone end lines, the head is ASCII without backslash and NUL, limits are kept.
struct QuickFrame {
  let headers: Range<Int>
  let headerCount: Int
  let body: Range<Int>
  /// What the frame is routed by; nil when one of the two headers is missing.
  let route: HeaderRoute?
}

/// The values of `subscription` and `destination`, relative to the first header line.
///
/// Small, because each frame is handed on with it.
struct HeaderRoute: Sendable {
  let subscription: Range<UInt32>
  let destination: Range<UInt32>
  /// Of the bytes of both. Not seeded: whoever looks something up by it compares the bytes as well.
  let hash: UInt64
}

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highs: UInt64 = 0x8080_8080_8080_8080

/// Marks bytes that are not plain in a header line: controls (LF and NUL among them), backslash, outside of ASCII.
/// Only the lowest mark is exact. A tab is one of them; that is rare enough.
@inline(__always)
private func stops(_ word: UInt64) -> UInt64 {
  let backslash = word ^ (ones &* 0x5C)
  return (((word &- (ones &* 0x20)) & ~word) | ((backslash &- ones) & ~backslash) | word) & highs
}

extension ByteBuffer {
  /// The plain and complete MESSAGE at the start of the readable bytes; nil for all that needs another look.
  func quickMessage(_ limits: FrameLimits) -> QuickFrame? {
    unsafe withUnsafeReadableBytes { bytes -> QuickFrame? in
      guard let base = bytes.baseAddress else { return nil }
      return unsafe QuickFrame(base, bytes.count, limits)
    }
  }

  /// Whether two ranges of the readable bytes hold these bytes.
  func holds(_ route: HeaderRoute, _ subscription: [UInt8], _ destination: [UInt8]) -> Bool {
    unsafe withUnsafeReadableBytes { bytes in
      unsafe Self.isEqual(bytes, route.subscription, subscription)
        && Self.isEqual(bytes, route.destination, destination)
    }
  }

  @inline(__always)
  private static func isEqual(_ bytes: UnsafeRawBufferPointer, _ range: Range<UInt32>, _ wanted: [UInt8]) -> Bool {
    let start = Int(range.lowerBound)
    guard range.count == wanted.count, start &+ wanted.count <= bytes.count else { return false }
    return unsafe wanted.withUnsafeBytes { wanted in
      var index = 0
      while index &+ 8 <= wanted.count {
        let left = unsafe bytes.loadUnaligned(fromByteOffset: start &+ index, as: UInt64.self)
        if unsafe left != wanted.loadUnaligned(fromByteOffset: index, as: UInt64.self) { return false }
        index &+= 8
      }
      while index < wanted.count {
        if unsafe bytes[start &+ index] != wanted[index] { return false }
        index &+= 1
      }
      return true
    }
  }
}

extension QuickFrame {
  /// "MESSAGE\n" in the order of memory.
  private static let command: UInt64 = 0x0A45_4741_5353_454D

  @inline(__always)
  fileprivate init?(_ base: UnsafeRawPointer, _ count: Int, _ limits: FrameLimits) {
    func word(_ index: Int) -> UInt64 {
      unsafe UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
    func byte(_ index: Int) -> UInt8 { unsafe base.load(fromByteOffset: index, as: UInt8.self) }
    // Words are read up to 8 bytes before the end of the input only; a shorter frame goes the other way.
    guard count >= 16, word(0) == Self.command else { return nil }
    let last = count &- 8
    var line = 8
    var headerCount = 0
    var length = -1
    var subscription = 0..<0
    var destination = 0..<0
    while true {
      if line > last { return nil }
      if byte(line) == 0x0A { break }
      headerCount &+= 1
      if headerCount > limits.maxHeaderCount { return nil }
      // The names that matter are told by the words that they begin and, with their colon, end with.
      let first = word(line)
      var colon = -1
      if first == 0x2D74_6E65_746E_6F63, line &+ 7 <= last, word(line &+ 7) == 0x3A68_7467_6E65_6C2D {
        colon = line &+ 14
        // Of repeated headers the first counts.
        if length < 0 {
          var place = colon &+ 1
          length = 0
          while place <= last, place <= colon &+ 9 {
            let digit = byte(place) &- 0x30
            if digit > 9 { break }
            length = length &* 10 &+ Int(digit)
            place &+= 1
          }
          guard place > colon &+ 1, place <= last, byte(place) == 0x0A, place &- line <= limits.maxLineLength else {
            return nil
          }
          line = place &+ 1
          continue
        }
      } else if first == 0x7069_7263_7362_7573, line &+ 5 <= last, word(line &+ 5) == 0x3A6E_6F69_7470_6972 {
        colon = line &+ 12
      } else if first == 0x7461_6E69_7473_6564, line &+ 4 <= last, word(line &+ 4) == 0x3A6E_6F69_7461_6E69 {
        colon = line &+ 11
      }
      let isKnown = colon >= 0
      // The line's end, and in a line of another name the colon in front of it.
      var position = isKnown ? colon &+ 1 : line
      var found: UInt64 = 0
      repeat {
        if position > last { return nil }
        let eight = word(position)
        found = stops(eight)
        if colon < 0 {
          let other = eight ^ (ones &* 0x3A)
          let mark = (other &- ones) & ~other & highs
          if mark != 0 { colon = position &+ mark.trailingZeroBitCount >> 3 }
        }
        position &+= 8
      } while found == 0
      let end = position &- 8 &+ found.trailingZeroBitCount >> 3
      guard byte(end) == 0x0A, colon > line, colon < end, end &- line <= limits.maxLineLength else { return nil }
      if isKnown, colon &- line == 12 {
        if subscription.lowerBound == 0 { subscription = colon &+ 1..<end }
      } else if isKnown, colon &- line == 11 {
        if destination.lowerBound == 0 { destination = colon &+ 1..<end }
      }
      line = end &+ 1
    }
    let start = line &+ 1
    let end: Int
    if length >= 0 {
      end = start &+ length
      guard length <= limits.maxBodySize, end < count, byte(end) == 0 else { return nil }
    } else {
      var position = start
      while true {
        if position > last {
          while position < count, byte(position) != 0 { position &+= 1 }
          if position == count { return nil }
          break
        }
        let eight = word(position)
        let mark = (eight &- ones) & ~eight & highs
        if mark != 0 {
          position &+= mark.trailingZeroBitCount >> 3
          break
        }
        position &+= 8
      }
      end = position
      guard end &- start <= limits.maxBodySize else { return nil }
    }
    headers = 8..<line
    self.headerCount = headerCount
    body = start..<end
    guard subscription.lowerBound > 0, destination.lowerBound > 0, line < Int(UInt32.max) else {
      route = nil
      return
    }
    let hash = unsafe Self.hash(base, destination, unsafe Self.hash(base, subscription, 0x9E37_79B9_7F4A_7C15))
    route = HeaderRoute(
      subscription: Self.behindCommand(subscription), destination: Self.behindCommand(destination), hash: hash)
  }

  @inline(__always)
  private static func behindCommand(_ range: Range<Int>) -> Range<UInt32> {
    UInt32(truncatingIfNeeded: range.lowerBound &- 8)..<UInt32(truncatingIfNeeded: range.upperBound &- 8)
  }

  /// Mixes the bytes of a range, eight at a time, into a hash.
  @inline(__always)
  private static func hash(_ base: UnsafeRawPointer, _ range: Range<Int>, _ start: UInt64) -> UInt64 {
    var hash = start
    var position = range.lowerBound
    while position &+ 8 <= range.upperBound {
      hash = mix(hash, unsafe base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position &+= 8
    }
    var rest: UInt64 = 0
    while position < range.upperBound {
      rest = rest << 8 | UInt64(unsafe base.load(fromByteOffset: position, as: UInt8.self))
      position &+= 1
    }
    return mix(mix(hash, rest), UInt64(range.count))
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ value: UInt64) -> UInt64 {
    let (high, low) = (hash ^ value).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return high ^ low
  }
}
