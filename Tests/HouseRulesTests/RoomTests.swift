import Testing

@Suite("Each room imports only what it may")
struct RoomTests {
  /// A room: where it lies and what it may import. The first that matches a path counts.
  private static let rooms: [(folder: String, imports: Set<String>)] = [
    (
      "Sources/Reconcile/Core/",
      ["Foundation", "Synchronization", "Dispatch", "Glibc", "CLibcrypto", "CMalloc"]
    ),
    ("Sources/Reconcile/Matching/", ["ReconcileCore"]),
    (
      "Sources/Reconcile/Warehouse/",
      [
        "Foundation", "GRDB", "GRDBSQLite", "CSQLite", "CZlib", "Synchronization", "ReconcileCore",
        "ReconcileMatching",
      ]
    ),
    (
      "Sources/Reconcile/CommandLine/",
      [
        "Foundation", "Synchronization", "Dispatch", "Glibc", "ArgumentParser", "Logging", "TOMLKit",
        "ReconcileCore",
        "ReconcileMatching", "ReconcileWarehouse", "Importers", "Reports", "SampleShop",
      ]
    ),
    ("Sources/Reconcile/SampleShop/", ["Foundation", "Glibc", "ReconcileCore"]),
    ("Sources/Importers/", ["Foundation", "Synchronization", "CLibcurl", "ReconcileCore"]),
    (
      "Sources/Reports/",
      ["Foundation", "Synchronization", "Glibc", "CLibxlsxwriter", "CZlib", "ReconcileCore"]
    ),
    (
      "Tests/Sandbox/",
      ["Foundation", "Synchronization", "Dispatch", "Glibc", "ArgumentParser", "CLibssl", "CZlib"]
    ),
  ]

  @Test("no file imports a module from outside its room's list")
  func imports() throws {
    let pattern = /^\s*(?:@\w+\s+|public\s+|internal\s+)*import\s+(?:(?:struct|class|func|enum)\s+)?(\w+)/
    for file in try Repository.files("Sources", "Tests/Sandbox", ending: ".swift") {
      guard let room = Self.rooms.first(where: { file.path.hasPrefix($0.folder) }) else {
        report([file.place(0, "the file lies in no room")])
        continue
      }
      for index in file.indices(inCode: true, holding: ["import "]) {
        guard let match = file.code[index].firstMatch(of: pattern) else { continue }
        if !room.imports.contains(String(match.1)) {
          report([file.place(index, "\(room.folder) may not import \(match.1)")])
        }
      }
    }
  }

  @Test("every room is there")
  func roomsExist() throws {
    for room in Self.rooms {
      let files = try Repository.files(String(room.folder.dropLast()), ending: ".swift")
      #expect(!files.isEmpty, "\(room.folder)")
    }
  }
}
