// Decimals against numbers of any length, written digit by digit. Input: a byte of choices, a literal, a line feed, another.

import FuzzSupport
import NIOCore

@testable import MarketData

@main enum Decimals {
  static func main() {
    runFuzzer { start, count in
      Decimals.one(Input(start, count))
      return 0
    }
  }

  static func one(_ input: Input) {
    var input = input
    let decimals = [0, 2, 9, 255][Int(input.byte() & 3)] as UInt8
    let parts = input.rest().split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
    guard let left = read(parts[0], decimals), parts.count == 2, let right = read(parts[1], decimals) else { return }
    compare(left, right)
    if let sum = left.decimal.adding(right.decimal) {
      check(sum, left.digits + right.digits, "a sum")
    } else {
      expect(!(left.digits + right.digits).isHeld, "a sum is refused", left.decimal, right.decimal)
    }
    if let rest = left.decimal.subtracting(right.decimal) {
      check(rest, left.digits - right.digits, "a difference")
    } else {
      expect(!(left.digits - right.digits).isHeld, "a difference is refused", left.decimal, right.decimal)
    }
    let factor = right.decimal.mantissa
    let product = left.digits * Digits(factor)
    if let times = left.decimal.multiplied(by: factor) {
      check(times, product, "a product")
    } else {
      expect(!product.isHeld, "a product is refused", left.decimal, factor)
    }
    if let half = left.decimal.half {
      check(half, left.digits * Digits("0.5"), "a half")
      expect(half.adding(half).map { $0 == left.decimal } ?? true, "twice the half", half, left.decimal)
    } else {
      expect(!(left.digits * Digits("0.5")).isHeld, "a half is refused", left.decimal)
    }
  }

  /// A literal and its model; nil when both refuse it.
  private static func read(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ decimals: UInt8) -> (
    decimal: ExactDecimal, digits: Digits
  )? {
    guard bytes.count <= 60, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    let digits = Digits(literal: text)
    guard let decimal = ExactDecimal(text, decimals: decimals) else {
      expect(digits == nil || !digits!.fits, "a literal is refused", text)
      return nil
    }
    guard let digits, digits.fits else { difference("a literal is accepted", text) }
    let printed = digits.printed(atLeast: Int(decimals))
    expect(decimal.description == printed, "what is printed", decimal, printed)
    // What is printed reads as the same value, and prints alike.
    if let again = ExactDecimal(printed) {
      expect(again == decimal && again.description == printed, "read again", again, printed)
    }
    expect(decimal.doubleValue == Double(printed), "the double", decimal.doubleValue, printed)
    return (decimal, digits)
  }

  private static func check(_ decimal: ExactDecimal, _ digits: Digits, _ what: StaticString) {
    let printed = digits.normal.printed(atLeast: Int(decimal.fractionDigits))
    expect(decimal.description == printed, what, decimal, printed)
  }

  private static func compare(
    _ left: (decimal: ExactDecimal, digits: Digits), _ right: (decimal: ExactDecimal, digits: Digits)
  ) {
    let order = left.digits.order(right.digits)
    expect((left.decimal < right.decimal) == (order < 0), "less", left.decimal, right.decimal)
    expect((left.decimal == right.decimal) == (order == 0), "equal", left.decimal, right.decimal)
    expect((left.decimal > right.decimal) == (order > 0), "greater", left.decimal, right.decimal)
    if order == 0 { expect(left.decimal.hashValue == right.decimal.hashValue, "the hash", left.decimal, right.decimal) }
    let (one, other) = (left.decimal.numericKey, right.decimal.numericKey)
    expect((one == other) == (order == 0), "the key", one, other)
    let isAlike = left.decimal.description == right.decimal.description
    expect(left.decimal.isIdentical(to: right.decimal) == isAlike, "identical", left.decimal, right.decimal)
  }
}
