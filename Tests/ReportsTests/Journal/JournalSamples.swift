import Foundation
import ReconcileCore
import Testing

@testable import Reports

/// Records of a journal, made in few words.
enum JournalSample {
  static func order(
    _ id: String, _ minorUnits: Int64, _ code: String = "EUR", cancelled: Bool = false, tolerance: Int64 = 0
  ) throws -> JournalOrder {
    JournalOrder(
      id: id, amount: try Sample.money(minorUnits, code), isCancelled: cancelled, tolerance: tolerance)
  }

  static func payment(
    _ id: String, _ collected: Int64?, of order: JournalOrder? = nil, after before: Int128 = 0,
    on day: String? = "2026-03-02", _ code: String = "EUR", provider: String = "dapit"
  ) throws -> JournalPayment {
    var payment = JournalPayment(
      provider: provider, id: id, day: try day.map(Sample.day), currency: try Sample.currency(code))
    payment.collected = collected
    payment.order = order
    payment.collectedBefore = before
    return payment
  }

  static func refund(
    _ id: String, _ amount: Int64?, fee: Int64? = nil, of order: JournalOrder? = nil,
    history: OrderHistory = OrderHistory(), _ status: RefundStatus = .completed,
    on day: String? = "2026-03-09",
    _ code: String = "EUR", provider: String = "dapit"
  ) throws -> JournalRefund {
    var refund = JournalRefund(
      provider: provider, id: id, day: try day.map(Sample.day), currency: try Sample.currency(code),
      status: status)
    refund.amount = amount
    refund.fee = fee
    refund.paymentID = "p-of-\(id)"
    refund.order = order
    refund.history = history
    return refund
  }

  static func movement(_ day: String, _ amount: Int64) throws -> OrderHistory.Movement {
    OrderHistory.Movement(day: try Sample.day(day), amount: amount)
  }

  static func history(
    collected: [(String, Int64)] = [], asked: [(String, Int64)] = [], refunded: [(String, Int64)] = []
  ) throws -> OrderHistory {
    var history = OrderHistory()
    history.collected = try collected.map(movement)
    history.asked = try asked.map(movement)
    history.refunded = try refunded.map(movement)
    return history
  }

  /// The accounts of a booking by short names, or why it is not booked.
  static func lines(_ booking: Booking) -> [String] {
    switch booking {
    case .nothing: return ["nothing"]
    case .unbooked(let row): return ["not booked: \(row.reason.rawValue)"]
    case .entry(let entry):
      return entry.postings.map { posting in
        switch posting.account {
        case .clearing(let provider): "clearing \(provider) \(posting.amount)"
        case .role(let role): "\(role.rawValue) \(posting.amount)"
        }
      }
    }
  }

  /// Settings in which every layout finds all it needs; accounts are numbers.
  static func numbered() throws -> JournalSettings {
    var settings = JournalSettings()
    settings.currency = try Sample.currency("EUR")
    let roles = JournalRole.allCases.filter { $0 != .clearing }
    for (index, role) in roles.enumerated() { settings.accounts[role] = "\(1_400 + index)" }
    settings.clearing = ["dapit": "1361", "my_Shop": "1362"]
    settings.xeroTaxRate = "Tax Exempt"
    settings.datevConsultant = 29_098
    settings.datevClient = 55_003
    return settings
  }
}

/// Journal records held in memory, with the sums that a report of them would show.
struct JournalSampleSource: JournalSource {
  var facts: ReportFacts
  var records: [JournalRecord]
  var totals: [Currency: JournalTotals] = [:]
  var providers = ["dapit", "my_Shop"]
  var onRecord: (Int) throws -> Void = { _ in }

  init(_ records: [JournalRecord]) throws {
    facts = try Sample.facts()
    self.records = records
    for record in records {
      switch record {
      case .payment(let payment):
        totals[payment.currency, default: JournalTotals()].payments += Int128(payment.collected ?? 0)
      case .refund(let refund):
        totals[refund.currency, default: JournalTotals()].refunds += Int128(refund.amount ?? 0)
        totals[refund.currency, default: JournalTotals()].fees += Int128(refund.fee ?? 0)
      }
    }
  }

  func journalTotals() throws -> [Currency: JournalTotals] { totals }
  func journalProviders() throws -> [String] { providers }
  func forEachJournalRecord(_ body: (JournalRecord) throws -> Void) throws {
    for (index, record) in records.enumerated() {
      try onRecord(index)
      try body(record)
    }
  }
}

/// Writes a journal into a test's folder.
@discardableResult
func write(
  _ source: JournalSampleSource, _ layout: JournalLayout, _ folder: TestFolder,
  _ settings: JournalSettings? = nil,
  checkCancelled: () throws -> Void = {}
) throws -> JournalResult {
  let standard = layout.namesAccounts ? JournalSettings() : try JournalSample.numbered()
  return try writeJournal(
    source: source, layout: layout, settings: settings ?? standard, configuration: "reconcile.toml",
    outputRoot: folder.path, checkCancelled: checkCancelled)
}
