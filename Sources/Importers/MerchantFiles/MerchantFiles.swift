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

/// A row of a merchant file.
private protocol MerchantRecord: Sendable {
  var id: Identifier { get }
}
extension MerchantOrder: MerchantRecord {}
extension MerchantRefund: MerchantRecord {}

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
    try read(
      files, settings, .orders, onOrder, onReject, log
    ) { reader, row throws(RowProblem) in try reader.order(row) }
  }

  /// Reads the refunds that the merchant asked for; everything else as for orders.
  public static func readRefunds(
    files: [String], settings: MerchantFileSettings, onRefund: (MerchantRefund, SourceLine) throws -> Void,
    onReject: (Reject) throws -> Void, log: (String) -> Void
  ) throws -> [InputFile] {
    try read(
      files, settings, .refunds, onRefund, onReject, log
    ) { reader, row throws(RowProblem) in try reader.refund(row) }
  }

  /// What merchant files hold.
  public enum Kind: String, Sendable {
    case orders, refunds

    fileprivate var plan: ColumnPlan { self == .orders ? .orders : .refunds }
  }

  /// Whether these are the files of an earlier reading, byte for byte. `log` hears what reading them would say of their
  /// columns; of files that are not the same it may have heard by then.
  public static func areUnchanged(
    _ files: [String], since known: [InputFile], _ kind: Kind, settings: MerchantFileSettings,
    log: (String) -> Void, checkCancelled: () throws -> Void
  ) throws -> Bool {
    guard files.sorted() == known.map(\.path).sorted() else { return false }
    let digests = Dictionary(uniqueKeysWithValues: known.map { ($0.path, $0.sha256) })
    var told: Set<String> = []
    for path in files {
      let file = try ByteFile(path: path)
      var row = CSVReader(file: file)
      if let bytes = try row.headerBytes() {
        let header = try CSVHeader(bytes: bytes, plan: kind.plan, columns: settings.columns, file: path)
        notes(on: header, path, kind.plan, &told).forEach(log)
      } else {
        log(emptyFile(path))
      }
      while try !file.read().isEmpty { try checkCancelled() }
      if file.finishDigest() != digests[path] { return false }
    }
    return true
  }

  /// What reading comes upon, in its order.
  private enum Found<Record: MerchantRecord>: Sendable {
    case record(Record, SourceLine)
    case reject(Reject)
    case note(String)

    var bytes: Int {
      switch self {
      case .record(let record, _): record.id.text.utf8.count
      case .reject(let reject): reject.record.utf8.count
      case .note(let text): text.utf8.count
      }
    }
  }

  /// Reads on a thread of its own while the rows before are taken.
  private static func read<Record: MerchantRecord>(
    _ files: [String], _ settings: MerchantFileSettings, _ plan: ColumnPlan,
    _ onRecord: (Record, SourceLine) throws -> Void, _ onReject: (Reject) throws -> Void,
    _ log: (String) -> Void,
    parse: @escaping @Sendable (inout MerchantRowReader, CSVReader) throws(RowProblem) -> Record
  ) throws -> [InputFile] {
    try ReadAhead.run(bytes: \Found<Record>.bytes) { give in
      try read(files, settings, plan, parse, give)
    } take: { found in
      switch found {
      case .record(let record, let place): try onRecord(record, place)
      case .reject(let reject): try onReject(reject)
      case .note(let text): log(text)
      }
    }
  }

  private static func read<Record: MerchantRecord>(
    _ files: [String], _ settings: MerchantFileSettings, _ plan: ColumnPlan,
    _ parse: (inout MerchantRowReader, CSVReader) throws(RowProblem) -> Record,
    _ give: (Found<Record>) throws -> Void
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
        for note in notes(on: header, path, plan, &told) { try give(.note(note)) }
        var reader = MerchantRowReader(header: header, settings: settings, plan: plan)
        while try row.next() {
          rows += 1
          let place = SourceLine(file: path, line: row.rowLine)
          let record: Record
          do throws(RowProblem) {
            record = try parse(&reader, row)
          } catch {
            try give(
              .reject(
                Reject(
                  source: path, location: place.location, reason: error.reason,
                  record: reader.record(of: row))))
            continue
          }
          try give(.record(record, place))
        }
      } else {
        try give(.note(emptyFile(path)))
      }
      inputs.append(InputFile(path: path, rows: rows, sha256: file.finishDigest()))
    }
    return inputs
  }

  private static func emptyFile(_ path: String) -> String {
    "\(path): the file is empty, not even a header"
  }

  private static func notes(
    on header: CSVHeader, _ path: String, _ plan: ColumnPlan, _ told: inout Set<String>
  ) -> [String] {
    var notes: [String] = []
    let unknown = header.unknown.filter { told.insert($0).inserted }
    if !unknown.isEmpty {
      notes.append(
        "\(path): columns that are not used: \(unknown.prefix(20).map(quoted).joined(separator: ", "))")
    }
    for name in header.missing {
      notes.append(
        "\(path): no column \(quoted(name)), which [\(plan.section).columns] names; its cells count as empty")
    }
    return notes
  }
}
