import ReconcileCore
import Testing

@testable import Reports

@Suite("Accounts are those that the configuration names, or the run says which one is wrong")
struct JournalAccountsTests {
  private func accounts(
    _ layout: JournalLayout, _ settings: JournalSettings = JournalSettings(),
    _ providers: [String] = ["dapit"]
  ) throws(Failure) -> JournalAccounts {
    try JournalAccounts(settings, layout: layout, providers: providers, configuration: "/shop/reconcile.toml")
  }

  private func failure(
    _ layout: JournalLayout, _ change: (inout JournalSettings) -> Void, _ providers: [String] = ["dapit"]
  ) throws -> Failure {
    var settings = layout.namesAccounts ? JournalSettings() : try JournalSample.numbered()
    change(&settings)
    let failure = try #require(throws: Failure.self) { try accounts(layout, settings, providers) }
    #expect(failure.status == .configurationWrong)
    return failure
  }

  @Test("layouts with names have all accounts by default")
  func defaults() throws {
    for layout in [JournalLayout.hledger, .csv] {
      let names = try accounts(layout, JournalSettings(), ["dapit", "my_Shop"])
      #expect(try names.name(.clearing(provider: "my_Shop")) == "Assets:Clearing:my_Shop")
      #expect(try names.name(.role(.recoveredFees)) == "Income:RefundFees")
    }
    let names = try accounts(.beancount, JournalSettings(), ["dapit-wholesale"])
    #expect(try names.name(.clearing(provider: "dapit-wholesale")) == "Assets:Clearing:Dapit-wholesale")
  }

  @Test("every missing account is named at once", arguments: [JournalLayout.xero, .quickbooks, .datev])
  func missing(layout: JournalLayout) throws {
    let failure = try failure(
      layout,
      { settings in
        settings.accounts[.refunds] = nil
        settings.clearing = [:]
      })
    #expect(failure.what.contains("journal.accounts.refunds, journal.clearing.dapit"))
    #expect(failure.place == "/shop/reconcile.toml")
  }

  @Test("an account that the layout cannot write is named with its key")
  func illegal() throws {
    let cases: [(JournalLayout, String)] = [
      (.hledger, "two  blanks"), (.hledger, "a;b"), (.hledger, "a::b"), (.hledger, "(virtual)"),
      (.beancount, "Receivable"), (.beancount, "Assets:receivable"), (.beancount, "Assets"),
      (.beancount, "Assets:Für"), (.datev, "Erlöse"), (.datev, "0000"), (.datev, "123456"), (.datev, "-1"),
      (.xero, "12345678901"), (.xero, "=1"), (.quickbooks, "@x"), (.csv, "+1"), (.csv, " a"),
      (.hledger, "a\u{85}b"),
    ]
    for (layout, name) in cases {
      let failure = try failure(layout, { $0.accounts[.refunds] = name })
      #expect(failure.place == "/shop/reconcile.toml, key journal.accounts.refunds", "\(layout) \(name)")
      #expect(failure.what.contains("\"\(name)\""))
    }
    for (layout, name) in [
      (JournalLayout.hledger, "aktiva:Forderungen an Kunden"), (.beancount, "Income:2-Refunds"),
      (.datev, "10000"),
      (.quickbooks, "Sales of Product Income:Refunds"), (.xero, "200-A"),
    ] {
      var settings = layout.namesAccounts ? JournalSettings() : try JournalSample.numbered()
      settings.accounts[.refunds] = name
      #expect(try accounts(layout, settings).name(.role(.refunds)) == name)
    }
  }

  @Test("each provider has a clearing account that nothing else uses")
  func ownClearing() throws {
    let shared = try failure(.csv, { $0.clearing = ["a": "Assets:X", "b": "Assets:X"] }, ["a", "b"])
    #expect(shared.place?.hasSuffix("key journal.clearing.b") == true)
    let mixed = try failure(.csv, { $0.accounts[.receivable] = "Assets:Clearing:dapit" })
    #expect(mixed.what.contains("journal.accounts.receivable"))
  }

  @Test("other roles may share an account; their lines are then one")
  func sharedRoles() throws {
    var settings = JournalSettings()
    settings.accounts[.refunds] = "Assets:Receivable"
    settings.accounts[.refundFees] = "Assets:Receivable"
    let names = try accounts(.hledger, settings)
    let refund = Booking(try JournalSample.refund("r", 1_000, fee: 100, of: JournalSample.order("A", 5_000)))
    guard case .entry(let entry) = refund else { throw Stop() }
    let named = try #require(try NamedEntry(entry, names))
    #expect(named.lines.map(\.account) == ["Assets:Receivable", "Assets:Clearing:dapit"])
    #expect(named.lines.map(\.amount) == [1_000, -1_000])
  }

  @Test("names of providers become different parts of Beancount accounts")
  func components() throws {
    let letters = ["a", "A", "x", "X", "4", "_", "-", "7"]
    var names: [String] = []
    for a in letters {
      for b in letters {
        for c in letters { names.append(contentsOf: [a, a + b, a + b + c]) }
      }
    }
    let different = Set(names)
    let components = Set(different.map(BeancountText.component))
    #expect(components.count == different.count)
    for component in components {
      #expect(component.wholeMatch(of: /[A-Z0-9][A-Za-z0-9\-]*/) != nil, "\(component)")
    }
    #expect(BeancountText.component("my_shop") == "MyX5fshop")
  }

  @Test("a layout names the setting that it cannot do without")
  func neededSettings() throws {
    let source = try JournalSampleSource([])
    func key(_ layout: JournalLayout, _ change: (inout JournalSettings) -> Void) throws -> String? {
      var settings = try JournalSample.numbered()
      change(&settings)
      let folder = try TestFolder()
      let failure = try #require(throws: Failure.self) { try write(source, layout, folder, settings) }
      #expect(failure.status == .configurationWrong)
      #expect(try folder.names().isEmpty)
      return failure.place
    }
    #expect(try key(.xero) { $0.xeroTaxRate = nil } == "reconcile.toml, key journal.xero.tax_rate")
    #expect(try key(.xero) { $0.currency = nil } == "reconcile.toml, key journal.currency")
    #expect(try key(.datev) { $0.currency = nil } == "reconcile.toml, key journal.currency")
    #expect(try key(.datev) { $0.datevConsultant = nil } == "reconcile.toml, key journal.datev.consultant")
    #expect(try key(.datev) { $0.datevClient = nil } == "reconcile.toml, key journal.datev.client")
  }
}
