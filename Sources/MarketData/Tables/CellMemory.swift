// The unsafe code of the tables is in this file: rows compared and copied without a check for each cell.
// Every function checks its whole range once and reads nothing outside of it.

/// Rows of cells in memory.
enum CellMemory {
  /// Whether two stretches of bytes are the same.
  @inline(__always)
  static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    var index = 0
    let end = left.count
    while index &+ 8 <= end {
      let one = unsafe left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let other = unsafe right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if one != other { return false }
      index &+= 8
    }
    while index < end {
      if unsafe left[index] != right[index] { return false }
      index &+= 1
    }
    return true
  }

  /// The first column from `column` on at which two rows of `width` cells may print otherwise: their 16 bytes differ,
  /// or the second's is a long text, which is compared elsewhere. `width` when there is none.
  @inline(__always)
  static func nextDifference(
    _ own: [PackedCell], _ ownStart: Int, _ other: [PackedCell], _ otherStart: Int, from column: Int, width: Int
  ) -> Int {
    precondition(ownStart >= 0 && ownStart &+ width <= own.count)
    precondition(otherStart >= 0 && otherStart &+ width <= other.count)
    return unsafe own.withUnsafeBufferPointer { own in
      unsafe other.withUnsafeBufferPointer { other in
        guard let own = own.baseAddress, let other = other.baseAddress else { return width }
        var column = column
        // Four cells at a time, with one test for all of them.
        while column &+ 4 <= width {
          var bits: UInt64 = 0
          var long: UInt64 = 0
          for place in column..<column &+ 4 {
            let left = unsafe own[ownStart &+ place]
            let right = unsafe other[otherStart &+ place]
            bits |= (left.low ^ right.low) | (left.high ^ right.high)
            long |= right.longTextMark
          }
          if bits | long != 0 { break }
          column &+= 4
        }
        while column < width {
          let cell = unsafe other[otherStart &+ column]
          if unsafe own[ownStart &+ column] != cell || cell.isLongText { return column }
          column &+= 1
        }
        return width
      }
    }
  }

  /// As above, for a row of which only some columns are there: `targets` says where each belongs.
  @inline(__always)
  static func nextDifference(
    _ own: [PackedCell], _ ownStart: Int, width: Int, targets: [Int], _ other: [PackedCell], _ otherStart: Int,
    from place: Int
  ) -> Int {
    precondition(ownStart >= 0 && ownStart &+ width <= own.count)
    precondition(otherStart >= 0 && otherStart &+ targets.count <= other.count)
    return unsafe own.withUnsafeBufferPointer { own in
      unsafe other.withUnsafeBufferPointer { other in
        guard let own = own.baseAddress, let other = other.baseAddress else { return targets.count }
        var place = place
        while place < targets.count {
          let column = targets[place]
          precondition(column >= 0 && column < width)
          let cell = unsafe other[otherStart &+ place]
          if unsafe own[ownStart &+ column] != cell || cell.isLongText { return place }
          place &+= 1
        }
        return targets.count
      }
    }
  }

  /// Writes cells of a packet's row into a row, from `place` on up to where either cell is a long text; returns where.
  @inline(__always)
  static func write(
    _ source: [PackedCell], _ sourceStart: Int, targets: [Int], from place: Int, to cells: inout [PackedCell],
    at start: Int, width: Int
  ) -> Int {
    precondition(start >= 0 && start &+ width <= cells.count)
    precondition(sourceStart >= 0 && sourceStart &+ targets.count <= source.count)
    return unsafe cells.withUnsafeMutableBufferPointer { cells in
      unsafe source.withUnsafeBufferPointer { source in
        guard let cells = cells.baseAddress, let source = source.baseAddress else { return targets.count }
        var place = place
        while place < targets.count {
          let column = targets[place]
          precondition(column >= 0 && column < width)
          let cell = unsafe source[sourceStart &+ place]
          if unsafe cell.isLongText || cells[start &+ column].isLongText { return place }
          unsafe cells[start &+ column] = cell
          place &+= 1
        }
        return targets.count
      }
    }
  }

  /// Appends a row of `width` cells with its long texts and returns where it stands.
  @inline(__always)
  static func append(
    _ source: [PackedCell], at start: Int, area sourceArea: [UInt8], width: Int, to cells: inout [PackedCell],
    area: inout [UInt8]
  ) -> Int {
    precondition(start >= 0 && start &+ width <= source.count)
    let first = cells.count
    unsafe source.withUnsafeBufferPointer { source in
      unsafe cells.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<start &+ width]))
    }
    if sourceArea.isEmpty { return first }
    unsafe cells.withUnsafeMutableBufferPointer { cells in
      guard let base = cells.baseAddress else { return }
      let row = unsafe base + first
      for column in 0..<width where unsafe row[column].isLongText {
        let cell = unsafe row[column]
        let offset = area.count
        append(sourceArea, cell.textOffset..<cell.textOffset + cell.textCount, to: &area)
        unsafe row[column] = PackedCell(textAt: offset, count: cell.textCount, tag: PackedCell.Tag.longText)
      }
    }
    return first
  }

  /// Where the cells stand, to see whether they have moved.
  @inline(__always)
  static func place(of cells: [PackedCell]) -> UInt {
    unsafe cells.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
  }

  /// Appends a range of bytes.
  @inline(__always)
  static func append(_ source: [UInt8], _ range: Range<Int>, to area: inout [UInt8]) {
    unsafe source.withUnsafeBufferPointer { source in
      unsafe area.append(contentsOf: UnsafeBufferPointer(rebasing: source[range]))
    }
  }

  /// Whether ranges of two areas hold the same bytes.
  @inline(__always)
  static func isEqual(_ left: [UInt8], _ leftRange: Range<Int>, _ right: [UInt8], _ rightRange: Range<Int>) -> Bool {
    unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in
        unsafe isEqual(
          UnsafeRawBufferPointer(rebasing: left[leftRange]), UnsafeRawBufferPointer(rebasing: right[rightRange]))
      }
    }
  }
}

extension KeyHash {
  /// Mixes in the bytes of a long text.
  static func mix(_ hash: UInt64, bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = hash
    var index = 0
    while index &+ 8 <= bytes.count {
      hash = mix(hash, unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
      index &+= 8
    }
    var word: UInt64 = 0
    while index < bytes.count {
      word = word << 8 | UInt64(unsafe bytes[index])
      index &+= 1
    }
    return mix(mix(hash, word), UInt64(bytes.count))
  }

  /// Mixes in a range of an area.
  static func mix(_ hash: UInt64, area: [UInt8], _ range: Range<Int>) -> UInt64 {
    unsafe area.withUnsafeBytes { unsafe mix(hash, bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}
