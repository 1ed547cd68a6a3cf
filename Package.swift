// swift-tools-version: 6.2
import PackageDescription

/// The settings of every target: Swift 6 mode and no warning is let through.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
]

/// Targets without I/O also say where they leave the memory-safe part of the language.
let pureSettings: [SwiftSetting] = settings + [.strictMemorySafety()]

let package = Package(
  name: "issplus",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "ISSPlus", targets: ["ISSPlus"]),
    .library(name: "STOMP", targets: ["STOMP"]),
    .library(name: "MarketData", targets: ["MarketData"]),
    .executable(name: "issplus", targets: ["ISSPlusCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
  ],
  targets: [
    .systemLibrary(
      name: "CISSPlusJSONC",
      pkgConfig: "json-c",
      providers: [.apt(["libjson-c-dev"]), .brew(["json-c"])]
    ),
    .systemLibrary(
      name: "CISSPlusOpenSSL",
      pkgConfig: "openssl",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
    ),
    .target(
      name: "STOMP",
      dependencies: [.product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: pureSettings
    ),
    .target(
      name: "MarketData",
      dependencies: [.product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: pureSettings
    ),
    .target(
      name: "Capture",
      dependencies: [.product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: pureSettings
    ),
    .target(
      name: "WebSocketTransport",
      dependencies: [
        "CISSPlusOpenSSL",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "ISSPlus",
      dependencies: [
        "STOMP",
        "MarketData",
        "Capture",
        "CISSPlusJSONC",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "ISSPlusCLI",
      dependencies: [
        "STOMP",
        "MarketData",
        "Capture",
        "ISSPlus",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "STOMPTests",
      dependencies: ["STOMP", .product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: settings
    ),
    .testTarget(
      name: "MarketDataTests",
      dependencies: ["MarketData", .product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: settings
    ),
    .testTarget(
      name: "CaptureTests",
      dependencies: ["Capture", .product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: settings
    ),
    .testTarget(
      name: "WebSocketTransportTests",
      dependencies: [
        "WebSocketTransport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOWebSocket", package: "swift-nio"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .executableTarget(
      name: "AutobahnEcho",
      dependencies: [
        "WebSocketTransport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Tests/AutobahnEcho",
      swiftSettings: settings
    ),
    .testTarget(
      name: "ISSPlusTests",
      dependencies: ["ISSPlus", "MarketData", "STOMP", "Capture", .product(name: "NIOCore", package: "swift-nio")],
      swiftSettings: settings
    ),
  ]
)
