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
    .library(name: "GatewaySimulator", targets: ["GatewaySimulator"]),
    .executable(name: "issplus", targets: ["ISSPlusCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
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
        "WebSocketTransport",
        "CISSPlusJSONC",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings
    ),
    .target(
      name: "GatewaySimulator",
      dependencies: [
        "STOMP",
        "MarketData",
        "Capture",
        "WebSocketTransport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: pureSettings
    ),
    .executableTarget(
      name: "ISSPlusCLI",
      dependencies: [
        "STOMP",
        "MarketData",
        "Capture",
        "ISSPlus",
        "GatewaySimulator",
        "WebSocketTransport",
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
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
      dependencies: ["MarketData", "CISSPlusJSONC", .product(name: "NIOCore", package: "swift-nio")],
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
    .executableTarget(
      name: "Soak",
      dependencies: ["ISSPlus", "MarketData", "GatewaySimulator"],
      path: "Tests/Soak",
      swiftSettings: settings
    ),
    .testTarget(
      name: "ISSPlusTests",
      dependencies: [
        "ISSPlus",
        "MarketData",
        "STOMP",
        "Capture",
        "GatewaySimulator",
        "WebSocketTransport",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings
    ),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "AllocationTests",
      dependencies: [
        "CAllocationCounter", "ISSPlus", "STOMP", .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "ISSPlusCLITests",
      dependencies: [
        "ISSPlusCLI", "ISSPlus", "MarketData", "Capture", "GatewaySimulator",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "InteroperabilityTests",
      dependencies: [
        "ISSPlus", "MarketData", "STOMP", .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
    .testTarget(
      name: "GatewaySimulatorTests",
      dependencies: [
        "GatewaySimulator",
        "Capture",
        "MarketData",
        "STOMP",
        "WebSocketTransport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: settings
    ),
  ]
)
