import Importers
import ReconcileCore
import ReconcileWarehouse
import Reports

/// `report --zone-check`: which rows and day totals of a period would move if a provider's times were in another zone.
///
/// The kept responses are read again by each candidate zone, so that times with an offset stay where they are and only
/// those without one move. Nothing in the warehouse changes, and no report is written.
struct ZoneCheckRun {
  let session: Session
  let zones: [Zone]

  /// What was looked at.
  struct Findings {
    var check: ZoneCheck
    var looked = 0
    /// Records whose response is no longer kept, or that were worked out of others.
    var unread = 0
  }

  /// Reads the names of `--zone-check`, joined by commas. Throws 64 for a name that is no zone, or for none.
  static func zones(_ text: String) throws -> [Zone] {
    let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      !$0.isEmpty
    }
    guard !names.isEmpty else {
      throw Failure(
        .usage, "no zone is given", at: "--zone-check",
        remedy: "for example: --zone-check Europe/Vilnius,Europe/Oslo")
    }
    return try names.map { name in
      guard let zone = Zone(name) else {
        throw Failure(
          .usage, "`\(name)` is no time zone that is known here", at: "--zone-check",
          remedy: "give IANA names such as Europe/Vilnius, joined by commas; they need the package tzdata")
      }
      return zone
    }
  }

  /// Looks, writes the two files and says what was found.
  func execute() throws {
    let warehouse = try Warehouse(path: session.settings.warehousePath, access: .read)
    let findings = try find(in: warehouse)
    let written = try writeZoneCheck(
      findings.check, period: session.period, csvDialect: session.settings.csvDialect,
      outputRoot: session.settings.output)
    guard !session.console.isQuiet else { return }
    try StandardOutput.write(
      ZoneCheckText(session: session, zones: zones, findings: findings, files: written).text)
    try StandardOutput.finish()
  }

  /// A day may move by two: zones lie up to 26 hours apart.
  func find(in warehouse: Warehouse) throws -> Findings {
    let records = try warehouse.datedRecords(
      from: session.period.from.advanced(by: -2), to: session.period.to.advanced(by: 2))
    let chosen = Set(session.providersToRead.map(\.name))
    var findings = Findings(check: ZoneCheck([], period: session.period))
    var rows: [ZoneSensitiveRow] = []
    var times: (evidence: Int64, byZone: [RecordTimes])?
    for record in records where chosen.contains(record.provider) {
      findings.looked += 1
      if findings.looked % 1_024 == 0 { try Interruption.check() }
      guard let evidence = record.evidence else {
        findings.unread += 1
        continue
      }
      if times?.evidence != evidence { times = (evidence, try read(evidence, in: warehouse)) }
      guard let byZone = times?.byZone, !byZone.isEmpty else {
        findings.unread += 1
        continue
      }
      for (zone, times) in zip(zones, byZone) {
        if let row = row(record, zone, times) { rows.append(row) }
      }
    }
    findings.check = ZoneCheck(rows, period: session.period)
    return findings
  }

  /// The times in one response by one zone.
  private struct RecordTimes {
    var payments: [Identifier: Instant] = [:]
    var refunds: [Identifier: Instant] = [:]
  }

  /// The times of a response by each zone; none where it cannot be read any more.
  private func read(_ evidence: Int64, in warehouse: Warehouse) throws -> [RecordTimes] {
    guard let (body, rules) = try warehouse.keptBody(evidence), let bytes = body.bytes,
      let stream = ProviderStream(rawValue: body.stream),
      let provider = session.settings.provider(named: body.provider)?.reading(by: rules)
    else { return [] }
    return zones.compactMap { zone in
      var candidate = provider
      candidate.zone = zone
      // What counts as test money is not asked here.
      candidate.liveSince = nil
      guard
        let contents = try? ProviderRegistry.reader(for: candidate).read(
          stream, body: bytes, request: body.request, isRefundLookup: body.isRefundLookup)
      else { return nil }
      var times = RecordTimes()
      for payment in contents.payments { times.payments[payment.id] = payment.paidAt }
      for refund in contents.refunds { times.refunds[refund.id] = refund.refundedAt }
      return times
    }
  }

  private func row(_ record: DatedRecord, _ zone: Zone, _ times: RecordTimes) -> ZoneSensitiveRow? {
    let id = Identifier(stored: record.id)
    guard let instant = record.isRefund ? times.refunds[id] : times.payments[id] else { return nil }
    return ZoneSensitiveRow(
      zone: zone.name, provider: record.provider, isRefund: record.isRefund,
      id: record.id,
      orderID: record.orderID, currency: record.currency,
      amount: record.amount.map { Money(minorUnits: $0, currency: record.currency) },
      now: ZoneReading(
        instant: record.instant, businessDate: record.businessDate, settlementDay: record.settlementDay),
      then: ZoneReading(
        instant: instant, businessDate: session.settings.zone.day(of: instant),
        settlementDay: zone.day(of: instant)))
  }
}
