extension CSVReader {
  /// Why the current row is no row of this table, in words for whoever wrote it; nil when it is one.
  func shapeProblem(under header: CSVHeader) -> RowProblem? {
    switch problem {
    case .unterminatedQuote:
      return RowProblem(
        "a quote is opened and never closed; everything after it belongs to this row until it is")
    case .textAfterQuote:
      return RowProblem("text follows a closing quote; write a quote inside a cell twice, as \"\"")
    case .cellTooLong:
      return RowProblem("a cell is longer than 1 MiB; look for a quote that is never closed")
    case .rowTooLong:
      return RowProblem("the row is longer than 16 MiB; look for a quote that is never closed")
    case .notUTF8: return RowProblem("the row is not valid UTF-8; save the file in UTF-8")
    case .nulByte: return RowProblem("the row holds a NUL byte; export the file again")
    case nil: break
    }
    guard cellCount <= header.count else {
      let mark = Character(Unicode.Scalar(header.delimiter))
      return RowProblem(
        "the row has \(cellCount) cells where the header has \(header.count); "
          + "put cells that hold \(mark == "\t" ? "a tab" : "\"\(mark)\"") in quotes")
    }
    return nil
  }
}
