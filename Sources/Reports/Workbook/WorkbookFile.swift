import CLibxlsxwriter
import Foundation
import ReconcileCore

/// Texts of the document's properties.
struct DocumentTexts {
  let title: String
  let subject: String
  let comments: String
}

/// A workbook being written: libxlsxwriter in constant-memory mode, with every return code looked at, and the rows of
/// detail sheets beside it.
///
/// The return codes are the only sign of most problems, so nothing else in this room calls the library.
final class WorkbookFile {
  typealias Format = UnsafeMutablePointer<lxw_format>

  let path: String
  private let scratch: String
  private var workbook: UnsafeMutablePointer<lxw_workbook>?
  private var sheets = 0
  private var stream: (sheet: Int, rows: RowStream)?
  /// The finished rows by the name of their sheet's part.
  private var rows: [String: SheetRows] = [:]

  /// Starts a workbook. Everything goes to scratch files in `temporaryDirectory` until `close`.
  init(path: String, temporaryDirectory: String) throws {
    self.path = path
    scratch = temporaryDirectory
    // The library would quietly take the system's own directory instead, which may be small and is open to
    // others.
    guard access(temporaryDirectory, W_OK | X_OK) == 0 else {
      throw Self.failure("the directory for scratch files is not writable", at: temporaryDirectory)
    }
    let frame = Self.frame(in: temporaryDirectory)
    workbook = temporaryDirectory.withCString { directory in
      // The library copies the name before it returns.
      var options = lxw_workbook_options(
        constant_memory: 1, tmpdir: UnsafeMutablePointer(mutating: directory), use_zip64: 0)
      return workbook_new_opt(frame, &options)
    }
    guard let workbook else { throw Self.failure("the workbook could not be begun", at: path) }
    // The first format is that of cells without one; the width of columns counts in its digits.
    if let normal = workbook.pointee.formats.pointee.stqh_first {
      format_set_font_name(normal, Self.houseFont)
      format_set_font_size(normal, 10)
    }
  }

  deinit {
    if let workbook { lxw_workbook_free(workbook) }
  }

  /// Adds a sheet behind the others.
  func addSheet(_ name: String) throws -> SheetWriter {
    guard let workbook, let sheet = workbook_add_worksheet(workbook, name) else {
      throw Self.failure("the sheet \(name) could not be begun", at: path)
    }
    sheets += 1
    return SheetWriter(sheet, name: name, number: sheets, path: path)
  }

  /// Begins the rows of a sheet below what the library wrote there; `last` is the last of them, counted from 0.
  func beginRows(of sheet: SheetWriter, last: Int, columns: Int) throws -> RowStream {
    try endRows()
    let packer = try RowPacker(scratch: "\(scratch)/rows-\(sheet.number)")
    let stream = RowStream(packer)
    sheet.extend(to: last, columns: columns)
    self.stream = (sheet.number, stream)
    return stream
  }

  /// Ends the rows of the sheet before.
  private func endRows() throws {
    guard let (sheet, stream) = stream else { return }
    self.stream = nil
    // The library numbers its parts in the order of the sheets.
    rows["xl/worksheets/sheet\(sheet).xml"] = try stream.finish()
  }

  private static func frame(in directory: String) -> String { directory + "/frame.xlsx" }

  /// A new cell format in the house font.
  func addFormat(_ change: (Format) -> Void) throws -> Format {
    guard let workbook, let format = workbook_add_format(workbook) else {
      throw Self.failure("a cell format could not be made", at: path)
    }
    format_set_font_name(format, Self.houseFont)
    format_set_font_size(format, 9)
    change(format)
    return format
  }

  /// Every system has Arial or a font of the same widths, so that columns fit and pages break alike everywhere.
  static let houseFont = "Arial"

  /// A new chart, to be put on a sheet.
  func addChart(_ type: lxw_chart_type) throws -> UnsafeMutablePointer<lxw_chart> {
    guard let workbook, let chart = workbook_add_chart(workbook, UInt8(type.rawValue)) else {
      throw Self.failure("a chart could not be made", at: path)
    }
    return chart
  }

  /// What the file says about itself; the time is given, so that the same report gives the same bytes.
  func setProperties(_ texts: DocumentTexts, created: Instant) throws {
    let words = [texts.title, texts.subject, texts.comments, "reconcile", "Reconciliation"]
    let code = withCStrings(words) { words in
      var properties = lxw_doc_properties()
      properties.title = words[0]
      properties.subject = words[1]
      properties.comments = words[2]
      properties.author = words[3]
      properties.category = words[4]
      // 0 would mean the time of day.
      properties.created = time_t(max(1, created.seconds))
      return workbook_set_properties(workbook, &properties)
    }
    try Self.need(code, "the properties", at: path)
  }

  /// Puts the file together. Success is the library's word only: read the file back before it counts.
  func close() throws {
    try endRows()
    let finished = workbook
    workbook = nil
    defer { removeScratch() }
    try Self.need(workbook_close(finished), "the workbook", at: path)
    do {
      try WorkbookAssembly(frame: Self.frame(in: scratch), rows: rows).write(to: path)
    } catch let damage as DamagedWorkbook {
      throw Self.failure("the workbook could not be put together: \(damage.reason)", at: path)
    }
  }

  private func removeScratch() {
    for file in rows.values.map(\.packed.path) + [Self.frame(in: scratch)] { unlink(file) }
  }

  static func need(_ code: lxw_error, _ what: String, at path: String) throws {
    guard code != LXW_NO_ERROR else { return }
    throw failure("\(what) could not be written: \(String(cString: lxw_strerror(code)))", at: path)
  }

  static func failure(_ what: String, at path: String) -> Failure {
    Failure(
      .outputNotWritten, what, at: path,
      remedy:
        "Free space in the output directory, make sure it is writable, and run `reconcile report` again.")
  }
}

extension UnsafeMutablePointer where Pointee == lxw_format {
  /// The number by which a cell names the format.
  var index: Int { Int(lxw_format_get_xf_index(self)) }
}

/// Lends texts to a library that takes them in a structure; it must have copied them when `body` returns.
func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
  let copies = texts.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies)
}
