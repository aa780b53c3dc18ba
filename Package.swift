// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is compiled in Swift 6 mode with warnings as errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
  name: "reconcile",
  products: [
    .executable(name: "reconcile", targets: ["reconcile"]),
    .executable(name: "reconcile-sandbox", targets: ["reconcile-sandbox"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
  ],
  targets: [
    // Rooms: see docs/ARCHITECTURE.md. The compiler enforces who may import whom.
    .target(
      name: "ReconcileCore", dependencies: ["CLibcrypto", "CMalloc"], path: "Sources/Reconcile/Core",
      exclude: ["CLibcrypto", "CMalloc"], swiftSettings: strict),
    .systemLibrary(
      name: "CLibcrypto", path: "Sources/Reconcile/Core/CLibcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CMalloc", path: "Sources/Reconcile/Core/CMalloc"),
    .target(
      name: "ReconcileMatching", dependencies: ["ReconcileCore"],
      path: "Sources/Reconcile/Matching", swiftSettings: strict),
    .target(
      name: "ReconcileWarehouse",
      dependencies: [
        "ReconcileCore", "ReconcileMatching", "CSQLite", "CZlib",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      path: "Sources/Reconcile/Warehouse",
      exclude: ["CSQLite", "CZlib"],
      resources: [.embedInCode("SQL")],
      swiftSettings: strict),
    .systemLibrary(
      name: "CSQLite", path: "Sources/Reconcile/Warehouse/CSQLite",
      providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Sources/Reconcile/Warehouse/CZlib",
      providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "CLibcurl", path: "Sources/Importers/CLibcurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(
      name: "Importers",
      dependencies: ["ReconcileCore", "CLibcurl"],
      path: "Sources/Importers", exclude: ["CLibcurl"], swiftSettings: strict),
    .systemLibrary(
      name: "CLibxlsxwriter", path: "Sources/Reports/CLibxlsxwriter",
      providers: [.apt(["libxlsxwriter-dev"])]),
    .target(
      name: "Reports",
      dependencies: ["ReconcileCore", "CLibxlsxwriter", "CZlib"],
      path: "Sources/Reports", exclude: ["CLibxlsxwriter"], swiftSettings: strict),
    .target(
      name: "SampleShop", dependencies: ["ReconcileCore"], path: "Sources/Reconcile/SampleShop",
      swiftSettings: strict),
    .executableTarget(
      name: "reconcile",
      dependencies: [
        "ReconcileCore", "ReconcileMatching", "ReconcileWarehouse", "Importers", "Reports", "SampleShop",
        "TOMLKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Sources/Reconcile/CommandLine", swiftSettings: strict),
    .executableTarget(
      name: "reconcile-sandbox",
      dependencies: [
        "CLibssl", "CZlib", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Sandbox", exclude: ["CLibssl"], swiftSettings: strict),
    .systemLibrary(
      name: "CLibssl", path: "Tests/Sandbox/CLibssl", providers: [.apt(["libssl-dev"])]),
    .executableTarget(
      name: "reconcile-bench",
      dependencies: [
        "SampleShop", "ReconcileCore", "Reports", "PlainWorkbook",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Benchmark", exclude: ["PlainWorkbook"], swiftSettings: strict),
    .target(
      name: "PlainWorkbook", path: "Tests/Benchmark/PlainWorkbook",
      linkerSettings: [.linkedLibrary("xlsxwriter")]),
    .target(
      name: "TestSupport", dependencies: ["ReconcileCore"], path: "Tests/TestSupport", exclude: ["Workbooks"],
      swiftSettings: strict),
    .testTarget(
      name: "CoreTests", dependencies: ["ReconcileCore", "TestSupport"], path: "Tests/CoreTests",
      swiftSettings: strict),
    .testTarget(
      name: "MatchingTests", dependencies: ["ReconcileMatching", "TestSupport"],
      path: "Tests/MatchingTests", exclude: ["Scenarios"], swiftSettings: strict),
    .testTarget(
      name: "WarehouseTests",
      dependencies: ["ReconcileWarehouse", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
      path: "Tests/WarehouseTests", exclude: ["Scenarios"], swiftSettings: strict),
    .testTarget(
      name: "ImportersTests", dependencies: ["Importers", "TestSupport"],
      path: "Tests/ImportersTests", swiftSettings: strict),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "TestSupport"], path: "Tests/ReportsTests",
      exclude: ["Journal/Goldens"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "reconcile", "ReconcileCore", "ReconcileWarehouse", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      path: "Tests/CommandLineTests", swiftSettings: strict),
    .testTarget(
      name: "SandboxTests", dependencies: ["reconcile-sandbox"], path: "Tests/SandboxTests",
      swiftSettings: strict),
    .testTarget(
      name: "SampleShopTests", dependencies: ["SampleShop", "ReconcileCore", "TestSupport", "reconcile"],
      path: "Tests/SampleShopTests", swiftSettings: strict),
    .testTarget(
      name: "HouseRulesTests", dependencies: ["reconcile", "ReconcileCore"], path: "Tests/HouseRulesTests",
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "reconcile", "reconcile-sandbox", "ReconcileCore", "Reports", "CZlib",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      path: "Tests/EndToEndTests", swiftSettings: strict),
  ]
)
