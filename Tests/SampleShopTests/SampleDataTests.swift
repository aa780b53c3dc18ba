import Foundation
import SampleShop
import Testing

@Suite("The sample month", .serialized)
struct SampleDataTests {
  private let folder = repository.appendingPathComponent("sample-data")

  @Test("sample-data holds exactly what the generator writes")
  func sameBytes() throws {
    let month = SampleShop.month()
    if ProcessInfo.processInfo.environment["RECONCILE_RECORD"] == "1" { try month.write(to: folder) }
    for file in month.files {
      let kept = try? Data(contentsOf: folder.appendingPathComponent(file.path))
      #expect(kept == Data(file.text.utf8), "\(file.path) differs; `make record` writes it again")
    }
    let names = Set(month.files.map(\.path))
    let others = try #require(FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String])
      .filter { path in
        let isFolder = names.contains { $0.hasPrefix(path + "/") }
        // What a reader of the README leaves there by trying it out.
        return !isFolder && !path.hasPrefix("reports") && !path.hasPrefix("reconcile.sqlite")
      }
    #expect(Set(others).subtracting(names) == [], "files that the generator does not write")
  }

  @Test("the same month is made every time")
  func repeatable() { #expect(SampleShop.month().files == SampleShop.month().files) }

  @Test("it holds 600 orders and more, in six currencies")
  func size() throws {
    let orders = try CSVTable(folder.appendingPathComponent("orders/2026-03-march.csv"))
    #expect(orders.rows.count >= 600)
    #expect(Set(orders.column("currency")).isSuperset(of: ["EUR", "USD", "GBP", "PLN", "JPY", "KWD"]))
  }
}
