import ReconcileCore

/// Books records one by one and keeps the sums that tie the journal to the report.
struct JournalFigureList {
  /// Where a record goes.
  enum Place {
    case entry(NamedEntry)
    case unbooked(UnbookedRecord)
  }

  private let layout: JournalLayout
  private let settings: JournalSettings
  private(set) var byCurrency: [Currency: JournalFigures] = [:]
  private(set) var unbooked: [UnbookedReason: Int64] = [:]

  init(layout: JournalLayout, settings: JournalSettings) {
    self.layout = layout
    self.settings = settings
  }

  /// Every currency of the report's payments and refunds.
  var currencies: [Currency] { byCurrency.keys.sorted() }

  /// Takes over what the report says.
  mutating func take(_ totals: [Currency: JournalTotals]) {
    for (currency, totals) in totals {
      var figures = JournalFigures()
      figures.payments.reported = totals.payments
      figures.refunds.reported = totals.refunds
      figures.fees.reported = totals.fees
      byCurrency[currency] = figures
    }
  }

  /// Books a record; nil when no money moved.
  mutating func book(_ record: JournalRecord, _ accounts: JournalAccounts) throws -> Place? {
    let booking =
      switch record {
      case .payment(let payment): Booking(payment)
      case .refund(let refund): Booking(refund)
      }
    switch booking {
    case .nothing: return nil
    case .unbooked(let row): return count(row)
    case .entry(let entry):
      guard let named = try NamedEntry(entry, accounts) else { return count(record.unbooked(.tooLarge)) }
      if let reason = layout.refusal(of: named, settings) { return count(record.unbooked(reason)) }
      add(entry)
      return named.lines.isEmpty ? nil : .entry(named)
    }
  }

  /// Throws 70 unless booked and not booked add up to the report.
  func check() throws(Failure) {
    for (currency, figures) in byCurrency.sorted(by: { $0.key < $1.key }) {
      let splits = [
        ("payments collected", figures.payments), ("refunds", figures.refunds), ("refund fees", figures.fees),
      ]
      for (name, split) in splits where !split.ties {
        func decimal(_ value: Int128) -> String { Money.decimalText(value, exponent: currency.exponent) }
        throw Failure(
          .defect,
          "the journal does not tie to the report: \(name) are \(decimal(split.reported)) \(currency), booked "
            + "\(decimal(split.booked)), not booked \(decimal(split.unbooked))",
          remedy: "nothing was written; please report this message with the command you ran")
      }
    }
  }

  private mutating func add(_ entry: JournalEntry) {
    var clearing: Int128 = 0
    var fees: Int128 = 0
    for posting in entry.postings {
      switch posting.account {
      case .clearing: clearing += Int128(posting.amount)
      case .role(.refundFees): fees += Int128(posting.amount)
      case .role: break
      }
    }
    var figures = byCurrency[entry.currency, default: JournalFigures()]
    figures.entries += 1
    switch entry.kind {
    case .payment: figures.payments.booked += clearing
    case .refund:
      figures.refunds.booked -= clearing
      figures.fees.booked += fees
    }
    byCurrency[entry.currency] = figures
  }

  private mutating func count(_ row: UnbookedRecord) -> Place {
    var figures = byCurrency[row.currency, default: JournalFigures()]
    switch row.kind {
    case .payment: figures.payments.unbooked += Int128(row.amount ?? 0)
    case .refund:
      figures.refunds.unbooked += Int128(row.amount ?? 0)
      figures.fees.unbooked += Int128(row.fee ?? 0)
    }
    byCurrency[row.currency] = figures
    unbooked[row.reason, default: 0] += 1
    return .unbooked(row)
  }
}

extension JournalRecord {
  /// This record as one that is not booked.
  func unbooked(_ reason: UnbookedReason) -> UnbookedRecord {
    switch self {
    case .payment(let payment):
      UnbookedRecord(
        kind: .payment, provider: payment.provider, recordID: payment.id, day: payment.day,
        currency: payment.currency, amount: payment.collected, fee: nil, orderID: payment.order?.id,
        reason: reason)
    case .refund(let refund):
      UnbookedRecord(
        kind: .refund, provider: refund.provider, recordID: refund.id, day: refund.day,
        currency: refund.currency, amount: refund.amount, fee: refund.fee, orderID: refund.order?.id,
        reason: reason)
    }
  }
}

extension JournalLayout {
  /// Why this layout cannot hold an entry; nil when it can.
  fileprivate func refusal(of named: NamedEntry, _ settings: JournalSettings) -> UnbookedReason? {
    let currency = named.entry.currency
    if hasOneCurrency, currency != settings.currency { return .otherCurrency }
    guard let limit = largestHundredths else { return nil }
    let scale = (0..<abs(currency.exponent - 2)).reduce(Int128(1)) { power, _ in power * 10 }
    for line in named.lines {
      let amount = Int128(line.amount.magnitude)
      if currency.exponent > 2, amount % scale != 0 { return .tooManyDecimals }
      if (currency.exponent > 2 ? amount / scale : amount * scale) > limit { return .tooLarge }
    }
    return nil
  }
}
