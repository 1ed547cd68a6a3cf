// swift-tools-version: 6.2
import PackageDescription

// The sources of the package, compiled again with the fuzzer's marks and the address sanitizer in them: `Sources` holds
// links to `../../Sources`, so that everything is one package and nothing has to be public for a fuzzer's sake. What is
// not ours (NIO, ArgumentParser) is compiled without marks: they would cost time and steer towards code of others.

let features: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
]
// Without the address sanitizer (`ISSPLUS_FUZZ_PLAIN=1`) a run is faster: Swift checks its bounds by itself. The plain
// build has no marks at comparisons either, which are a third of the time; where comparing with what the input is compared
// with leads further, the build with the sanitizer finds it and leaves it in the corpus.
let isPlain = Context.environment["ISSPLUS_FUZZ_PLAIN"] != nil
let sanitizers = isPlain ? "fuzzer" : "fuzzer,address"
let coverage = isPlain ? ["-sanitize-coverage=edge,indirect-calls,inline-8bit-counters,pc-table"] : []
let marks: [SwiftSetting] =
  features + [.unsafeFlags(["-sanitize=\(sanitizers)", "-enable-testing"] + coverage)]
let linking: [LinkerSetting] = [.unsafeFlags(["-sanitize=\(sanitizers)", "-use-ld=lld"])]

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let embedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")

/// A target of the package proper.
func ours(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: [nio] + dependencies, exclude: exclusions[name] ?? [], swiftSettings: marks)
}

let exclusions = ["ISSPlus": ["ISSPlus.docc"]]

/// A fuzzer: one program.
func fuzzer(
  _ name: String, _ dependencies: [Target.Dependency], _ others: [LinkerSetting] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: ["FuzzSupport", nio] + dependencies, swiftSettings: marks,
    linkerSettings: linking + others)
}

let package = Package(
  name: "issplus-fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CISSPlusJSONC", pkgConfig: "json-c"),
    .systemLibrary(name: "CISSPlusOpenSSL", pkgConfig: "openssl"),
    ours("STOMP"),
    ours("MarketData"),
    ours("Capture"),
    ours(
      "WebSocketTransport",
      [
        "CISSPlusOpenSSL",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ]),
    ours(
      "ISSPlus",
      [
        "STOMP", "MarketData", "Capture", "WebSocketTransport", "CISSPlusJSONC",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    ours("ArgumentValues", [.product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .target(name: "CFuzz", cSettings: [.unsafeFlags(["-O2"])]),
    .target(name: "FuzzSupport", dependencies: ["CFuzz", nio], swiftSettings: features),
    fuzzer("Frames", ["STOMP"]),
    fuzzer("Escapes", ["STOMP"]),
    fuzzer("Packets", ["MarketData", "CFuzz", "CISSPlusJSONC"]),
    fuzzer("Tables", ["MarketData"]),
    fuzzer("Decimals", ["MarketData"]),
    fuzzer("Fields", ["MarketData"]),
    fuzzer("Captures", ["Capture"]),
    fuzzer("Connected", ["ISSPlus", "MarketData", "CFuzz"]),
    fuzzer("Selectors", ["ISSPlus"]),
    fuzzer("Arguments", ["ArgumentValues"]),
    fuzzer("Messages", ["WebSocketTransport", embedded]),
    fuzzer(
      "TLSRecords", ["WebSocketTransport", embedded, "CISSPlusOpenSSL"],
      // OpenSSL compares names all the time, which libFuzzer would look at: a tenth of the time.
      isPlain ? [.unsafeFlags(["-Xlinker", "--exclude-libs=ALL"])] : []),
  ]
)
