import ReconcileCore

/// The columns a merchant file may have, by our names.
struct ColumnPlan {
  /// `orders` or `refunds`, the section of the configuration; or what the table is, where it has none.
  let section: String
  /// Whether the configuration can give columns other names.
  var isConfigurable = true
  let required: [String]
  let optional: [String]

  static let orders = ColumnPlan(
    section: "orders", required: ["order_id", "created_at", "currency", "amount"],
    optional: ["provider", "provider_reference", "status"])
  static let refunds = ColumnPlan(
    section: "refunds", required: ["refund_id", "order_id", "created_at", "currency", "amount"],
    optional: ["provider_reference"])

  /// What to do about a column that is not in the header.
  func remedy(forMissing column: String) -> String {
    isConfigurable
      ? "set \(column) = \"the column's name in the file\" in [\(section).columns]"
      : "add the column \(column)"
  }
}

/// Where our columns stand in one file, found from its header.
struct CSVHeader {
  let delimiter: UInt8
  /// Number of cells of the header.
  let count: Int
  /// Position of each of our columns that the file has.
  private(set) var positions: [String: Int] = [:]
  /// Header cells that no column of ours stands for, without empty ones.
  private(set) var unknown: [String] = []
  /// Columns that the configuration names and the file lacks, none of them required.
  private(set) var missing: [String] = []
  private let names: [String]

  /// Reads a header row. Throws when it is not text, lacks a required column, or has a used column twice.
  init(
    bytes: [UInt8], plan: ColumnPlan, columns: [String: String], file: String
  ) throws(Failure) {
    if bytes.contains(0) { throw ByteFile.notText(file, "its first line holds NUL bytes") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ByteFile.notText(file, "its first line is in another encoding")
    }
    let wanted = (plan.required + plan.optional).map { columns[$0] ?? $0 }
    // The delimiter under which most of our columns are found; among equals the one that occurs most.
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].map { delimiter in
      let names = Self.split(text, delimiter: delimiter)
      let found = wanted.count { name in names.contains { $0 == name || $0.lowercased() == name.lowercased() }
      }
      return (delimiter: delimiter, names: names, found: found)
    }
    var best = candidates[0]
    for other in candidates.dropFirst()
    where (other.found, other.names.count) > (best.found, best.names.count) { best = other }
    delimiter = best.delimiter
    names = best.names
    count = best.names.count

    for column in plan.required + plan.optional {
      let name = columns[column] ?? column
      var places = names.indices.filter { names[$0] == name }
      if places.isEmpty { places = names.indices.filter { names[$0].lowercased() == name.lowercased() } }
      if places.count > 1 {
        throw Failure(
          .inputMissing, "the column \(quoted(name)) stands \(places.count) times in the header", at: file,
          remedy: "keep one of them"
            + (plan.isConfigurable
              ? ", or name another column for \(column) in [\(plan.section).columns]" : ""))
      }
      if let place = places.first {
        positions[column] = place
      } else if plan.required.contains(column) {
        let header = names.prefix(20).map(quoted).joined(separator: ", ")
        throw Failure(
          .inputMissing, "the header has no column \(quoted(name))", at: file,
          remedy: "\(plan.remedy(forMissing: column)); the header has \(header)")
      } else if columns[column] != nil {
        missing.append(name)
      }
    }
    let used = Set(positions.values)
    unknown = names.indices.filter { !used.contains($0) && !names[$0].isEmpty }.map { names[$0] }
  }

  /// The column's name as the file writes it.
  func name(of column: String) -> String { positions[column].map { names[$0] } ?? column }

  private static func split(_ text: String, delimiter: UInt8) -> [String] {
    var cells: [String] = []
    var cell: [UInt8] = []
    var inQuotes = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") {
        inQuotes.toggle()
        // A quote that opens again right away is a doubled one: a quote of the name itself.
        if inQuotes && !cell.isEmpty { cell.append(byte) }
      } else if byte == delimiter && !inQuotes {
        cells.append(trimmed(cell))
        cell = []
      } else {
        cell.append(byte)
      }
    }
    return cells + [trimmed(cell)]
  }

  private static func trimmed(_ bytes: [UInt8]) -> String {
    String(decoding: trimBlanks(bytes[...]), as: UTF8.self)
  }
}

/// The bytes without blanks and tabs at either end.
func trimBlanks(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  var rest = bytes
  while let first = rest.first, first == 32 || first == 9 { rest.removeFirst() }
  while let last = rest.last, last == 32 || last == 9 { rest.removeLast() }
  return rest
}

/// A name or value in quotes, at most 60 characters of it, with control characters made visible.
func quoted(_ text: some StringProtocol) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(60) {
    let isControl = scalar.value < 32 || (127...159).contains(scalar.value)
    shown.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
  }
  return "\"\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")\""
}
