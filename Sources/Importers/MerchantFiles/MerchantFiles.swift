import ReconcileCore

/// A row's place: its file and its first physical line, the header being line 1.
public struct SourceLine: Sendable, Hashable {
  /// The path as it was given.
  public let file: String
  public let line: Int64

  public init(file: String, line: Int64) {
    self.file = file
    self.line = line
  }

  /// `line N`, as rejects name it.
  public var location: String { "line \(line)" }
}

/// Reads the merchant's CSV files row by row, whatever their size.
public enum MerchantFiles {
  /// Reads orders in the order of `files` and of their lines, so that of the same order id the later one wins
  /// when each is stored over the one before.
  ///
  /// A row that cannot be read goes to `onReject`. Throws `Failure` (66) for a file that cannot be opened,
  /// is not UTF-8 text, or whose header lacks a required column; rows before that have been handed out.
  /// `log` hears once of each column that is not used.
  public static func readOrders(
    files: [String], settings: MerchantFileSettings, onOrder: (MerchantOrder, SourceLine) throws -> Void,
    onReject: (Reject) throws -> Void, log: (String) -> Void
  ) throws -> [InputFile] {
    try read(files, settings, .orders, onReject, log) { reader, row, place in
      let order: MerchantOrder
      do throws(RowProblem) { order = try reader.order(row) } catch { return error }
      try onOrder(order, place)
      return nil
    }
  }

  /// Reads the refunds that the merchant asked for; everything else as for orders.
  public static func readRefunds(
    files: [String], settings: MerchantFileSettings, onRefund: (MerchantRefund, SourceLine) throws -> Void,
    onReject: (Reject) throws -> Void, log: (String) -> Void
  ) throws -> [InputFile] {
    try read(files, settings, .refunds, onReject, log) { reader, row, place in
      let refund: MerchantRefund
      do throws(RowProblem) { refund = try reader.refund(row) } catch { return error }
      try onRefund(refund, place)
      return nil
    }
  }

  private static func read(
    _ files: [String], _ settings: MerchantFileSettings, _ plan: ColumnPlan,
    _ onReject: (Reject) throws -> Void, _ log: (String) -> Void,
    take: (inout MerchantRowReader, CSVReader, SourceLine) throws -> RowProblem?
  ) throws -> [InputFile] {
    var told: Set<String> = []
    var inputs: [InputFile] = []
    for path in files {
      let file = try ByteFile(path: path)
      var row = CSVReader(file: file)
      var rows: Int64 = 0
      if let bytes = try row.headerBytes() {
        let header = try CSVHeader(bytes: bytes, plan: plan, columns: settings.columns, file: path)
        row.delimiter = header.delimiter
        tell(header, path, plan, &told, log)
        var reader = MerchantRowReader(header: header, settings: settings, plan: plan)
        while try row.next() {
          rows += 1
          let place = SourceLine(file: path, line: row.rowLine)
          if let problem = try take(&reader, row, place) {
            try onReject(
              Reject(
                source: path, location: place.location, reason: problem.reason, record: reader.record(of: row)
              ))
          }
        }
      } else {
        log("\(path): the file is empty, not even a header")
      }
      inputs.append(InputFile(path: path, rows: rows, sha256: file.finishDigest()))
    }
    return inputs
  }

  private static func tell(
    _ header: CSVHeader, _ path: String, _ plan: ColumnPlan, _ told: inout Set<String>,
    _ log: (String) -> Void
  ) {
    let unknown = header.unknown.filter { told.insert($0).inserted }
    if !unknown.isEmpty {
      log("\(path): columns that are not used: \(unknown.prefix(20).map(quoted).joined(separator: ", "))")
    }
    for name in header.missing {
      log(
        "\(path): no column \(quoted(name)), which [\(plan.section).columns] names; its cells count as empty")
    }
  }
}
