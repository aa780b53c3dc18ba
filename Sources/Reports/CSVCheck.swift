import ReconcileCore

/// Parses a CSV again, byte by byte and strictly, to prove that it is whole before it gets its name.
struct CSVCheck {
  /// What a file breaks.
  enum Problem: Error, Equatable {
    /// A quote, CR or other byte stands where none may stand.
    case strayByte(row: Int64)
    /// The file does not begin with the dialect's byte-order mark.
    case noMark
    /// A row does not have the header's number of cells.
    case cells(row: Int64, found: Int, expected: Int)
    /// The last row has no end.
    case cut
  }

  private enum State { case mark, cellStart, plain, quoted, afterQuote, rowEnd }

  private let columns: Int
  private let form: CSVForm
  private var state: State
  /// Bytes of the byte-order mark that have been seen.
  private var markBytes = 0
  private var cells = 1
  private var atRowStart = true
  /// Rows that ended so far, the header included.
  private var ended: Int64 = 0

  /// Expects this number of cells in every row, the header included.
  init(columns: Int, dialect: CSVDialect = .standard) {
    self.columns = columns
    form = CSVForm(dialect)
    state = form.hasMark ? .mark : .cellStart
  }

  /// Reads the next piece of the file.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws {
    for byte in bytes { try read(byte) }
  }

  /// The data rows of a file that has been read to its end.
  func finish() throws -> Int64 {
    guard atRowStart, ended > 0 else { throw Problem.cut }
    return ended - 1
  }

  private mutating func read(_ byte: UInt8) throws {
    switch state {
    case .quoted:
      if byte == CSVByte.quote { state = .afterQuote }
      return
    case .mark:
      guard byte == CSVByte.mark[markBytes] else { throw Problem.noMark }
      markBytes += 1
      if markBytes == CSVByte.mark.count { state = .cellStart }
      return
    case .rowEnd:
      guard byte == CSVByte.lineFeed else { throw Problem.strayByte(row: ended) }
      return try endRow()
    case .cellStart, .plain, .afterQuote: break
    }
    switch byte {
    case CSVByte.quote:
      // A doubled quote goes on with the cell; a first one opens it; any other is stray.
      guard state != .plain else { throw Problem.strayByte(row: ended) }
      state = .quoted
    case form.delimiter:
      cells += 1
      state = .cellStart
    case CSVByte.carriageReturn where form.hasReturns: state = .rowEnd
    case CSVByte.lineFeed where !form.hasReturns: return try endRow()
    case CSVByte.lineFeed, CSVByte.carriageReturn: throw Problem.strayByte(row: ended)
    default:
      guard state != .afterQuote else { throw Problem.strayByte(row: ended) }
      state = .plain
    }
    atRowStart = false
  }

  private mutating func endRow() throws {
    guard cells == columns else { throw Problem.cells(row: ended, found: cells, expected: columns) }
    ended += 1
    cells = 1
    state = .cellStart
    atRowStart = true
  }
}
