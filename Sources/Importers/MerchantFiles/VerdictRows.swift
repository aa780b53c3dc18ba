import ReconcileCore

/// A row of a table of discrepancies in which somebody wrote down verdicts.
public struct VerdictRow: Sendable, Equatable {
  /// The discrepancy's id.
  public var id: String
  /// What was decided, as it was written; empty where nothing was.
  public var resolution: String
  /// Why; empty where nothing was written.
  public var note: String

  public init(id: String, resolution: String, note: String) {
    self.id = id
    self.resolution = resolution
    self.note = note
  }
}

extension MerchantFiles {
  /// Reads the columns `id`, `resolution` and, where it is there, `note`; others are not looked at. Blanks
  /// around a cell are dropped, and the `'` that keeps a spreadsheet from running a cell.
  ///
  /// A row that is none, such as one with too many cells, goes to `onDefect` with the reason. Throws
  /// `Failure` (66) for a file that cannot be opened, is not UTF-8 text, or lacks one of the two columns.
  public static func readVerdicts(
    file path: String, onRow: (VerdictRow, SourceLine) throws -> Void,
    onDefect: (SourceLine, String) throws -> Void
  ) throws {
    let file = try ByteFile(path: path)
    var reader = CSVReader(file: file)
    guard let bytes = try reader.headerBytes() else {
      throw Failure(
        .inputMissing, "the file is empty", at: path,
        remedy: "its first line names the columns id,resolution,note")
    }
    let header = try CSVHeader(bytes: bytes, plan: .verdicts, columns: [:], file: path)
    reader.delimiter = header.delimiter
    while try reader.next() {
      let place = SourceLine(file: path, line: reader.rowLine)
      if let problem = reader.shapeProblem(under: header) {
        try onDefect(place, problem.reason)
        continue
      }
      func text(_ column: String) -> String {
        guard let position = header.positions[column] else { return "" }
        return String(decoding: trimBlanks(undefused(trimBlanks(reader.cell(position)))), as: UTF8.self)
      }
      try onRow(
        VerdictRow(id: text("id"), resolution: text("resolution"), note: text("note")), place)
    }
  }

  /// The cell without the `'` that reports put before `=`, `+`, `-`, `@`, a tab or a line end.
  private static func undefused(_ cell: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard cell.first == UInt8(ascii: "'"), let second = cell.dropFirst().first,
      "=+-@\t\r\n".utf8.contains(second)
    else { return cell }
    return cell.dropFirst()
  }
}
