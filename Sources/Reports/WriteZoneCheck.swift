import ReconcileCore

/// The files of a zone check, and where they are.
public struct ZoneCheckFiles: Sendable {
  public let folder: String
  public let files: [ReportFile]
}

extension ReportTables {
  /// zone_check.csv.
  static let zoneRows: [Column<ZoneSensitiveRow>] = [
    Column("zone") { .text($0.zone) },
    Column("provider") { .text($0.provider) },
    Column("record") { .text($0.isRefund ? "refund" : "payment") },
    Column("id") { .text($0.id) },
    Column("order_id") { Cell($0.orderID) },
    Column("currency") { .text($0.currency.code) },
    Column("amount") { Cell($0.amount) },
    Column("time") { .instant($0.now.instant) },
    Column("time_then") { .instant($0.then.instant) },
    Column("business_date") { .day($0.now.businessDate) },
    Column("business_date_then") { .day($0.then.businessDate) },
    Column("settlement_day") { .day($0.now.settlementDay) },
    Column("settlement_day_then") { .day($0.then.settlementDay) },
  ]

  /// zone_check_days.csv. Sums beyond what a cell of money can hold are blank.
  static let zoneDays: [Column<ZoneSensitiveDay>] = [
    Column("zone") { .text($0.zone) },
    Column("provider") { .text($0.provider) },
    Column("currency") { .text($0.currency.code) },
    Column("calendar") { .text($0.calendar.rawValue) },
    Column("date") { .day($0.day) },
    Column("payments_out") { .count($0.change.paymentsOut) },
    Column("payments_in") { .count($0.change.paymentsIn) },
    Column("collected_out") { $0.money($0.change.collectedOut) },
    Column("collected_in") { $0.money($0.change.collectedIn) },
    Column("collected_change") { $0.money($0.change.collectedIn - $0.change.collectedOut) },
    Column("refunded_out") { $0.money($0.change.refundedOut) },
    Column("refunded_in") { $0.money($0.change.refundedIn) },
    Column("refunded_change") { $0.money($0.change.refundedIn - $0.change.refundedOut) },
  ]
}

extension ZoneSensitiveDay {
  fileprivate func money(_ sum: Int128) -> Cell {
    Cell(Int64(exactly: sum).map { Money(minorUnits: $0, currency: currency) })
  }
}

/// Writes zone_check.csv and zone_check_days.csv into the period's folder, both or none; the report's own files stay
/// as they are. Throws 73 when a file cannot be written.
public func writeZoneCheck(
  _ check: ZoneCheck, period: Period, csvDialect: CSVDialect, outputRoot: String
) throws -> ZoneCheckFiles {
  let folder = try ReportFolder(root: outputRoot, period: period)
  defer { folder.discard() }
  let files = [
    try folder.stageCSV(ReportNames.zoneRows, ReportTables.zoneRows, dialect: csvDialect) { writer in
      try check.rows.forEach(writer.write)
    },
    try folder.stageCSV(ReportNames.zoneDays, ReportTables.zoneDays, dialect: csvDialect) { writer in
      try check.days.forEach(writer.write)
    },
  ]
  try folder.commit()
  return ZoneCheckFiles(folder: folder.path, files: files)
}
