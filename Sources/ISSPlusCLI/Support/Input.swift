import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file or standard input, read in pieces.
struct Input {
  /// The name for messages.
  let name: String
  /// Whether it is a file that can be read again, and not a pipe that is followed as it comes.
  let isRegularFile: Bool
  private let descriptor: Int32

  /// The size of a piece in bytes: small enough to stay in the core's cache while it is read through.
  private static let pieceSize = 1 << 18
  /// What is left over of a piece, and the last packet's body, are held while the next one is read.
  private static let roomCount = 3

  /// Opens a file; `-` is standard input.
  ///
  /// - Throws: a `Failure` with status 66 when it cannot be read.
  init(path: String) throws {
    if path == "-" {
      name = "standard input"
      descriptor = STDIN_FILENO
    } else {
      name = path
      descriptor = open(path, O_RDONLY)
      if descriptor < 0 { throw Self.failure(path) }
    }
    var status = stat()
    isRegularFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether the path names a file that can be read twice.
  static func canBeReadTwice(path: String) -> Bool {
    var status = stat()
    guard path != "-" else { return false }
    // What is not there or is a folder fails in earnest when it is read, before anything is printed.
    guard stat(path, &status) == 0 else { return true }
    return status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFDIR
  }

  private static func failure(_ name: String) -> Failure {
    Failure(.unreadableFile, "\(name): cannot be read: \(String(cString: strerror(errno)))")
  }

  /// Reads until the end and hands over each piece; closes the file.
  ///
  /// - Parameter take: gets a piece, and whether it was short of what was asked for (a pipe that has no more right now);
  ///   answers whether it wants more.
  func read(_ take: (ByteBuffer, Bool) throws -> Bool) throws {
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    // Pieces take turns in their room, which is made anew only when somebody still holds a part of it: fresh memory for
    // each piece cost a sixth of the time of `decode --summary` in page faults.
    var rooms = Array(repeating: ByteBuffer(), count: Self.roomCount)
    var turn = 0
    while !ReadInterruption.isRequested {
      var piece = ByteBuffer()
      swap(&piece, &rooms[turn])
      // A little more room than is read: the decoder looks a few bytes beyond the end of a body.
      if piece.capacity == 0 { piece = ByteBufferAllocator().buffer(capacity: Self.pieceSize + 64) }
      piece.clear()
      let count = piece.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.pieceSize) { memory in
        max(0, Self.read(descriptor, memory))
      }
      if count > 0 {
        guard try take(piece, count < Self.pieceSize) else { return }
        swap(&piece, &rooms[turn])
        turn = (turn + 1) % Self.roomCount
      } else if errno == EINTR {
        swap(&piece, &rooms[turn])
      } else if errno != 0 {
        throw Self.failure(name)
      } else {
        return
      }
    }
  }

  private static func read(_ descriptor: Int32, _ memory: UnsafeMutableRawBufferPointer) -> Int {
    errno = 0
    #if canImport(Glibc)
      return Glibc.read(descriptor, memory.baseAddress, pieceSize)
    #else
      return Darwin.read(descriptor, memory.baseAddress, pieceSize)
    #endif
  }

  /// The whole file.
  ///
  /// - Throws: a `Failure` with status 66 when it cannot be read, 65 when it is larger than `limit`.
  static func whole(path: String, limit: Int) throws -> ByteBuffer {
    var all = ByteBuffer()
    let input = try Input(path: path)
    try input.read { piece, _ in
      guard all.readableBytes + piece.readableBytes <= limit else {
        throw Failure(.brokenFile, "\(input.name): larger than \(limit) bytes")
      }
      all.writeImmutableBuffer(piece)
      return true
    }
    return all
  }
}
