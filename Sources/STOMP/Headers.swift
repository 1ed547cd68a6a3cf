public import NIOCore

/// The headers of a frame, in order, repeated ones included.
///
/// Those of a received frame are a view of its bytes: nothing is interpreted or allocated before it is asked for.
/// Those of a frame to send are names and values. Names are case-sensitive; of repeated headers the first counts
/// (STOMP 1.2, section "Repeated Header Entries").
public struct Headers: Sendable {
  /// One header.
  public typealias Element = (name: String, value: String)

  fileprivate enum Storage: Sendable {
    case parsed(HeaderBlock)
    case built([Field])
  }

  fileprivate struct Field: Sendable {
    let name: String
    let value: String
  }

  private var storage: Storage

  /// No headers.
  public init() {
    storage = .built([])
  }

  /// Headers to send, in this order. They are checked when they are written.
  public init(_ fields: some Sequence<(name: String, value: String)>) {
    storage = .built(fields.map { Field(name: $0.name, value: $0.value) })
  }

  init(_ block: HeaderBlock) {
    storage = .parsed(block)
  }

  /// How many headers there are, repeated ones counted.
  public var count: Int {
    switch storage {
    case .parsed(let block): block.count
    case .built(let fields): fields.count
    }
  }

  /// Whether there are none.
  public var isEmpty: Bool { count == 0 }

  /// The value of the first header with this name.
  public subscript(name: String) -> String? {
    switch storage {
    case .parsed(let block): block.value(of: name).map { String(buffer: $0) }
    case .built(let fields): fields.first { $0.name == name }?.value
    }
  }

  /// The bytes of the first value with this name: a slice of the received bytes, without a copy unless an escape
  /// stands in the value.
  public func bytes(of name: String) -> ByteBuffer? {
    switch storage {
    case .parsed(let block): block.value(of: name)
    case .built(let fields): fields.first { $0.name == name }.map { ByteBuffer(string: $0.value) }
    }
  }

  /// A hash of the values of `subscription` and `destination`; nil unless both stand in a plain received MESSAGE.
  /// Equal values have equal hashes; the other way round ``hasRoute(subscription:destination:)`` tells.
  package var routeHash: UInt64? {
    switch storage {
    case .parsed(let block): block.route?.hash
    case .built: nil
    }
  }

  /// Whether `subscription` and `destination` have these values, where ``routeHash`` is not nil.
  package func hasRoute(subscription: [UInt8], destination: [UInt8]) -> Bool {
    switch storage {
    case .parsed(let block):
      guard let route = block.route else { return false }
      return block.bytes.holds(route, subscription, destination)
    case .built: return false
    }
  }

  /// Adds a header at the end.
  public mutating func append(name: String, value: String) {
    var fields: [Field]
    switch storage {
    case .built(let own):
      fields = own
      storage = .built([])
    case .parsed: fields = map { Field(name: $0.name, value: $0.value) }
    }
    fields.append(Field(name: name, value: value))
    storage = .built(fields)
  }
}

extension Headers: Sequence {
  /// Goes through the headers in order.
  public struct Iterator: IteratorProtocol {
    fileprivate let storage: Storage
    fileprivate var position = 0

    /// The next header.
    public mutating func next() -> Headers.Element? {
      switch storage {
      case .parsed(let block):
        return block.nextLine(&position).map { (block.text($0.name), block.text($0.value)) }
      case .built(let fields):
        guard position < fields.count else { return nil }
        defer { position += 1 }
        return (fields[position].name, fields[position].value)
      }
    }
  }

  /// An iterator over names and values as they are meant, escapes undone.
  public func makeIterator() -> Iterator { Iterator(storage: storage) }

  /// The same as ``count``.
  public var underestimatedCount: Int { count }
}

extension Headers: Equatable {
  /// Same names and values in the same order, wherever they come from.
  public static func == (left: Headers, right: Headers) -> Bool {
    left.count == right.count && left.elementsEqual(right) { $0.name == $1.name && $0.value == $1.value }
  }
}

extension Headers: ExpressibleByDictionaryLiteral {
  /// Headers to send, in the order of the literal.
  public init(dictionaryLiteral elements: (String, String)...) {
    storage = .built(elements.map { Field(name: $0.0, value: $0.1) })
  }
}

extension Headers: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Names and values; a passcode is shown as `***`.
  public var description: String {
    isEmpty ? "[:]" : "[" + shown.map { "\(quoted($0.name)): \(quoted($0.value))" }.joined(separator: ", ") + "]"
  }

  /// The same as ``description``.
  public var debugDescription: String { description }

  /// The headers as they are described, so that `dump` shows no passcode either.
  public var customMirror: Mirror {
    Mirror(self, children: shown.map { ($0.name, $0.value) }, displayStyle: .dictionary)
  }

  private var shown: [Element] {
    map { ($0.name, Redaction.isSecret(name: $0.name) ? Redaction.mark : $0.value) }
  }
}
