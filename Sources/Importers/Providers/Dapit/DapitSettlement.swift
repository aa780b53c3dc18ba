import ReconcileCore

/// Dapit `settlement_report`: totals and daily lines. The document names the totals and leaves the lines
/// open, so each field is found under any of the names that are in use.
struct DapitSettlement {
  let settings: ProviderSettings

  private static let gross = ["gross_volume", "gross", "volume", "amount"]
  private static let refunds = ["total_refunds", "refunds", "refund_amount"]
  private static let fees = ["total_fees", "fees", "fee"]
  private static let net = ["net_settlement", "net"]
  private static let count = ["transaction_count", "transactions", "count"]

  /// The members of a report that have a meaning here, or are known to have none.
  static let reportMembers = Set(
    gross + refunds + fees + net + count + [
      "success", "date_from", "date_to", "currency", "daily_breakdown", "data", "report", "settlement",
      "merchant_name", "generated_at",
    ])
  /// The members of a daily line.
  static let lineMembers = Set(gross + refunds + fees + net + count + ["date", "day", "currency"])

  /// Reads the one report of a body.
  func read(_ root: JSONObject, into reading: inout BodyReading) throws(UnreadableBody) {
    let object = report(in: root)
    reading.noteUnknown(.envelope, in: object)
    guard object.ownDuplicateKey == nil, root.ownDuplicateKey == nil else {
      throw UnreadableBody("a field stands twice in the report", isTransient: false)
    }
    let lines: [JSONValue]
    switch object["daily_breakdown"] {
    case nil, .null?: lines = []
    case .array(let rows)?: lines = rows
    default: throw UnreadableBody("daily_breakdown is not a list", isTransient: false)
    }
    guard !lines.isEmpty || Self.isReport(object) else {
      throw ListBody.errorObject(root)
        ?? UnreadableBody("the body holds no settlement report", isTransient: false, mayBeAnothers: true)
    }
    do throws(RecordProblem) {
      let currency = try RecordFields(object, zone: settings.zone).currency(
        "currency", else: settings.currency)
      var totals = SettlementFigures()
      do throws(RecordProblem) {
        totals = try figures(object, currency)
      } catch {
        // The lines are worth reading all the same.
        reading.reject("settlement totals: \(error.reason)", record: reading.text(of: object))
      }
      readLines(lines, object, currency, totals, into: &reading)
    } catch {
      throw UnreadableBody("the settlement report's \(error.reason)", isTransient: false)
    }
  }

  /// The object that holds the totals: the body itself, or one member of it.
  private func report(in root: JSONObject) -> JSONObject {
    if Self.isReport(root) || root["daily_breakdown"] != nil { return root }
    for name in ["data", "report", "settlement"] {
      if case .object(let inner)? = root[name] { return inner }
    }
    return root
  }

  private static func isReport(_ object: JSONObject) -> Bool {
    (gross.prefix(2) + refunds.prefix(1) + fees.prefix(1) + net + ["date_from", "date_to"])
      .contains { object[$0] != nil }
  }

  private func readLines(
    _ rows: [JSONValue], _ object: JSONObject, _ currency: Currency, _ totals: SettlementFigures,
    into reading: inout BodyReading
  ) {
    var lines: [(day: BusinessDay, figures: SettlementFigures)] = []
    var days = Set<BusinessDay>()
    var unreadable = false
    for row in rows {
      do throws(RecordProblem) {
        guard case .object(let line) = row else { throw RecordProblem("the line is not an object") }
        reading.noteUnknown(.field, in: line)
        if line.hasDuplicateKey { throw RecordProblem("a field stands twice in the line") }
        if let other = line["currency"], !other.isAbsent,
          try RecordFields(line, zone: settings.zone).currency("currency") != currency
        {
          throw RecordProblem("the line's currency is not the report's")
        }
        guard let day = Self.day(line["date"]) ?? Self.day(line["day"]) else {
          throw RecordProblem("the line has no readable date")
        }
        let figures = try figures(line, currency)
        guard days.insert(day).inserted else { throw RecordProblem("the day stands twice in the report") }
        lines.append((day, figures))
      } catch {
        unreadable = true
        let record =
          if case .object(let line) = row { reading.text(of: line) } else { BodyReading.text(of: row) }
        reading.reject("settlement line: \(error.reason)", record: record)
      }
    }
    let asked = Self.range(in: reading.request)
    let from = Self.day(object["date_from"]) ?? days.min() ?? asked.from
    let to = Self.day(object["date_to"]) ?? days.max() ?? asked.to
    // Without a range and without a line there is nothing that the report could be about.
    guard let from, let to, from <= to else {
      if from != nil, to != nil {
        reading.reject("the settlement report ends before it begins", record: reading.text(of: object))
      }
      return
    }
    var report = SettlementReport(currency: currency, from: from, to: to, totals: totals, lines: lines)
    report.hasUnreadableLines = unreadable
    reading.contents.settlements.append(report)
  }

  /// Figures may be negative: they are compared, never added to ours.
  private func figures(_ object: JSONObject, _ currency: Currency) throws(RecordProblem) -> SettlementFigures
  {
    let fields = RecordFields(object, zone: settings.zone)
    func first(_ names: [String], _ decimals: Int) throws(RecordProblem) -> Int64? {
      for name in names {
        // A list under one of these names is not the figure.
        if case .array? = object[name] { continue }
        if let value = try fields.number(name, decimals: decimals) { return value }
      }
      return nil
    }
    return SettlementFigures(
      gross: try first(Self.gross, currency.exponent), refunds: try first(Self.refunds, currency.exponent),
      fees: try first(Self.fees, currency.exponent), net: try first(Self.net, currency.exponent),
      count: try first(Self.count, 0))
  }

  /// A day, also one written with a time behind it.
  private static func day(_ value: JSONValue?) -> BusinessDay? {
    guard case .string(let text)? = value else { return nil }
    let trimmed = text.trimmingBlanks
    let tail = trimmed.utf8.dropFirst(10).first
    guard tail == nil || tail == UInt8(ascii: "T") || tail == UInt8(ascii: " ") else { return nil }
    return BusinessDay(trimmed.prefix(10))
  }

  /// The range that the request asked for.
  private static func range(in request: String) -> (from: BusinessDay?, to: BusinessDay?) {
    func value(_ name: String) -> BusinessDay? {
      for part in request.split(whereSeparator: { $0 == "?" || $0 == "&" }) where part.hasPrefix(name + "=") {
        return BusinessDay(part.dropFirst(name.count + 1))
      }
      return nil
    }
    return (value("date_from"), value("date_to"))
  }
}
