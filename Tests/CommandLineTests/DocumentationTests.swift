import Foundation
import ReconcileCore
import Testing

@testable import reconcile

@Suite("The reference and the template say what the program does")
struct DocumentationTests {
  private func document(_ name: String) throws -> String {
    try String(contentsOfFile: "\(repository)/docs/reference/\(name)", encoding: .utf8)
  }

  /// The first cells of the rows of all tables.
  private func firstCells(_ text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("| ") }
      .compactMap { $0.split(separator: "|").first.map { $0.trimmingCharacters(in: .whitespaces) } }
  }

  @Test("every exit status has its row, and every row its status")
  func exitStatus() throws {
    let rows = firstCells(try document("exit-status.md")).compactMap { Int32($0) }
    #expect(rows == ExitStatus.allCases.map(\.rawValue))
  }

  @Test("every key of the loader has its row, and every row its key")
  func keys() throws {
    let rows = firstCells(try document("configuration.md")).filter { $0.hasPrefix("`") && $0.contains(".") }
      .map { $0.replacing("`", with: "") }
    #expect(Set(rows) == Set(ConfigurationKeys.all))
    #expect(rows.count == Set(rows).count)
  }

  @Test("our payment words are all named")
  func words() throws {
    let text = try document("configuration.md")
    for status in PaymentStatus.allCases { #expect(text.contains("`\(status.rawValue)`")) }
  }

  @Test("the template of init loads as it is, and with everything switched on")
  func template() throws {
    let plain = try load(InitTemplate.configuration)
    #expect(plain.settings.providers.isEmpty)
    #expect(plain.settings.orders.patterns == ["/srv/shop/orders/*.csv"])
    let lines = InitTemplate.configuration.split(separator: "\n", omittingEmptySubsequences: false).map {
      line in
      line.hasPrefix("#") && !line.hasPrefix("# ") ? line.dropFirst() : line
    }
    let loaded = try load(lines.joined(separator: "\n"))
    #expect(loaded.settings.providers.map(\.name) == ["dapit", "gate", "inflow", "maxfi", "saved"])
    #expect(loaded.settings.orders.columns.count == ConfigurationKeys.orderColumns.count)
    #expect(loaded.settings.refunds.columns.count == ConfigurationKeys.refundColumns.count)
    #expect(loaded.settings.journal.accounts.count == JournalRole.allCases.count)
  }

  @Test("the template shows every key")
  func templateIsComplete() {
    for key in ConfigurationKeys.all where !key.hasSuffix(".CUR") && !key.hasSuffix(".NAME") {
      let name = key.split(separator: ".").last.map(String.init) ?? key
      let isShown =
        InitTemplate.configuration.contains("\(name) = ") || InitTemplate.configuration.contains("\(name)]")
      #expect(isShown, "\(key)")
    }
  }

  @Test("the example orders have the documented columns")
  func exampleOrders() {
    let lines = InitTemplate.orders.split(separator: "\n")
    #expect(lines.first.map(String.init) == ConfigurationKeys.orderColumns.joined(separator: ","))
    for line in lines { #expect(line.filter { $0 == "," }.count == 6) }
  }
}
