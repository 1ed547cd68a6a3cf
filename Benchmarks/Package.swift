// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Peers that are not installed are left out, and named in the results.
func header(_ path: String, _ define: String) -> [CXXSetting] {
  FileManager.default.fileExists(atPath: path) ? [.define(define)] : []
}

func library(_ path: String, _ name: String) -> [LinkerSetting] {
  FileManager.default.fileExists(atPath: path) ? [.linkedLibrary(name)] : []
}

let simdjson = "/usr/include/simdjson.h"
let jsonC = "/usr/include/json-c/json.h"

let package = Package(
  name: "issplus-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "issplus", path: ".."),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
  ],
  targets: [
    .target(
      name: "CPeers",
      cxxSettings: [.unsafeFlags(["-O3", "-march=native", "-std=c++17"])]
        + header(simdjson, "HAS_SIMDJSON") + header(jsonC, "HAS_JSONC"),
      linkerSettings: library(simdjson, "simdjson") + library(jsonC, "json-c")
        + [.linkedLibrary("ssl"), .linkedLibrary("crypto")]
    ),
    .executableTarget(
      name: "Bench",
      dependencies: [
        "CPeers",
        .product(name: "ISSPlus", package: "issplus"),
        .product(name: "STOMP", package: "issplus"),
        .product(name: "MarketData", package: "issplus"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]
    ),
  ]
)
