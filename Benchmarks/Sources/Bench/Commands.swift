import CPeers
import Foundation
import MarketData

/// The built program as a process: what users run.
struct Commands {
  /// The program `issplus`, built for release.
  let program: String

  /// What a run of the program did.
  struct Run {
    /// Lines `name<TAB>value` of its standard output.
    let summary: [String: Double]
    /// Of user and system time together.
    let processorSeconds: Double
    let seconds: Double
    let peakMegabytes: Double
  }

  /// Runs the program to its end; nil when it fails.
  func run(_ arguments: [String], output path: String? = nil) -> Run? {
    var before = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &before)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    let pipe = Pipe()
    if let path {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      process.standardOutput = FileHandle(forWritingAtPath: path)
    } else {
      process.standardOutput = pipe
    }
    let clock = ContinuousClock()
    let start = clock.now
    guard (try? process.run()) != nil else { return nil }
    let text = path == nil ? String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) : ""
    process.waitUntilExit()
    let seconds = (clock.now - start) / .seconds(1)
    guard process.terminationStatus == 0 else { return nil }
    var after = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &after)
    var summary: [String: Double] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: "\t")
      if words.count == 2 { summary[String(words[0])] = Double(words[1]) }
    }
    func time(_ usage: rusage) -> Double {
      Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
    return Run(
      summary: summary, processorSeconds: time(after) - time(before), seconds: seconds,
      peakMegabytes: Double(after.ru_maxrss) / 1024)
  }

  /// A line to a sender of prerecorded messages.
  enum Line: String {
    case plain = "ws"
    case secure = "wss"
  }

  /// `dump` for some seconds from a sender that sends as fast as it is read; `more` goes to the command.
  func dump(
    _ set: [String], _ destination: String, over line: Line, certificate: (chain: String, key: String),
    seconds: Int, _ more: [String] = ["--summary"], output: String? = nil
  ) -> Run? {
    guard let port = Sender.start(set, destination, line == .secure ? certificate : nil, pause: 0) else { return nil }
    return run(
      [
        "dump", destination, "--ticker", "MXSE.TQBR.SBER", "--url", "\(line.rawValue)://localhost:\(port)/",
        "--ca-file",
        certificate.chain, "--duration", "\(seconds)s",
      ] + more, output: output)
  }
}

/// The sender's plan in Swift.
enum Sender {
  /// Starts a sender of these packets and returns its port. A snapshot before updates is sent once, all else again and
  /// again.
  static func start(
    _ bodies: [String], _ destination: String, _ certificate: (chain: String, key: String)?, pause: Int64
  ) -> Int? {
    var bytes: [UInt8] = []
    for body in bodies {
      let frame = Captures.message(body, destination, "SUBSCRIPTION")
      withUnsafeBytes(of: UInt32(frame.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: frame.utf8)
    }
    func isSnapshot(_ body: String?) -> Bool { body?.contains("\"type\":\"snapshot\"") == true }
    let once = isSnapshot(bodies.first) && !isSnapshot(bodies.last) ? 1 : 0
    let connected = Array("CONNECTED\ncontent-length:2\n\n{}\0".utf8)
    // The thread lives as long as the process, and so does what it reads.
    let plan = UnsafeMutablePointer<sender_plan>.allocate(capacity: 1)
    plan.initialize(
      to: sender_plan(
        connected: keep(connected), connected_length: connected.count, messages: keep(bytes),
        messages_length: bytes.count, once: once, certificate: certificate.flatMap { UnsafePointer(strdup($0.chain)) },
        key: certificate.flatMap { UnsafePointer(strdup($0.key)) }, pause: pause))
    let port = Int(sender_start(plan))
    return port < 0 ? nil : port
  }

  private static func keep(_ bytes: [UInt8]) -> UnsafePointer<UInt8> {
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count)
    copy.initialize(from: bytes, count: bytes.count)
    return UnsafePointer(copy)
  }
}

/// A certificate for localhost, made with the command of OpenSSL.
enum Certificate {
  /// Makes one that is valid for two days.
  static func make(in folder: URL) -> (chain: String, key: String)? {
    let chain = folder.appendingPathComponent("chain.pem").path
    let key = folder.appendingPathComponent("key.pem").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
      "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain,
    ]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    process.waitUntilExit()
    return process.terminationStatus == 0 ? (chain, key) : nil
  }
}
