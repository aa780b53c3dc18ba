import ReconcileCore
import Reports

/// What a zone check says on standard output.
struct ZoneCheckText {
  let session: Session
  let zones: [Zone]
  let findings: ZoneCheckRun.Findings
  let files: ZoneCheckFiles

  /// A few lines for each provider and zone, ending with a line feed.
  var text: String {
    let period = session.period
    var lines = [
      "Zone check \(period.from) to \(period.to), business dates in \(session.settings.zone.name)", "",
    ]
    var table = TextTable([
      ("Provider", .left), ("zone in force", .left), ("candidate", .left), ("rows that move", .right),
      ("business days", .right), ("settlement days", .right), ("leaves or enters the period", .right),
    ])
    for provider in session.providersToRead {
      for zone in zones {
        let rows = findings.check.rows.filter { $0.provider == provider.name && $0.zone == zone.name }
        let days = findings.check.days.filter { $0.provider == provider.name && $0.zone == zone.name }
        let crossing = rows.filter {
          period.contains($0.now.businessDate) != period.contains($0.then.businessDate)
        }
        table.add([
          provider.name, provider.zone.name, zone.name, "\(rows.count)",
          "\(days.count { $0.calendar == .businessDate })", "\(days.count { $0.calendar == .settlementDay })",
          crossing.isEmpty ? "" : Self.sums(crossing),
        ])
      }
    }
    lines.append(table.text)
    lines.append(
      "  Looked at \(findings.looked) payments and refunds on these days and two days around them.")
    if findings.unread > 0 {
      lines.append(
        "  \(findings.unread) of them could not be checked: their responses were purged, or they were worked out of others."
      )
    }
    lines.append("  Rows of the same days under every candidate are not listed. Nothing was changed.")
    lines += ["", "  Files in \(files.folder)"] + files.files.map { "    \($0.name), \($0.rows) rows" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The rows and what they are about, payments and refunds together as money that moved.
  private static func sums(_ rows: [ZoneSensitiveRow]) -> String {
    var sums: [Currency: Int128] = [:]
    for row in rows { sums[row.currency, default: 0] += Int128(row.amount?.minorUnits ?? 0) }
    let amounts = sums.sorted { $0.key < $1.key }.map {
      "\(Money.decimalText($0.value, exponent: $0.key.exponent)) \($0.key)"
    }
    return "\(rows.count): " + amounts.joined(separator: ", ")
  }
}
