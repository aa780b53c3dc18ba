import CLibxlsxwriter
import Foundation
import ReconcileCore

/// Texts of the document's properties.
struct DocumentTexts {
  let title: String
  let subject: String
  let comments: String
}

/// A workbook being written: libxlsxwriter in constant-memory mode, with every return code looked at.
///
/// The return codes are the only sign of most problems, so nothing else in this room calls the library.
final class WorkbookFile {
  typealias Format = UnsafeMutablePointer<lxw_format>

  let path: String
  private var workbook: UnsafeMutablePointer<lxw_workbook>?

  /// Starts a workbook. Rows go to scratch files in `temporaryDirectory` until `close`.
  init(path: String, temporaryDirectory: String) throws {
    self.path = path
    // The library would quietly take the system's own directory instead, which may be small and is open to
    // others.
    guard access(temporaryDirectory, W_OK | X_OK) == 0 else {
      throw Self.failure("the directory for scratch files is not writable", at: temporaryDirectory)
    }
    workbook = temporaryDirectory.withCString { directory in
      // The library copies the name before it returns.
      var options = lxw_workbook_options(
        constant_memory: 1, tmpdir: UnsafeMutablePointer(mutating: directory), use_zip64: 0)
      return workbook_new_opt(path, &options)
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
    return SheetWriter(sheet, name: name, path: path)
  }

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
    let finished = workbook
    workbook = nil
    try Self.need(workbook_close(finished), "the workbook", at: path)
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

/// Lends texts to a library that takes them in a structure; it must have copied them when `body` returns.
func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
  let copies = texts.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies)
}
