import Foundation
import ReconcileCore

/// A row of Discrepancies or Open items in a workbook that somebody filled in and saved with a program of their own.
public struct FilledRow: Sendable {
  /// The sheet's name, and the row's number as the program shows it.
  public let sheet: String
  public let number: Int
  /// Texts by the name of their column, without blanks around them; columns that the sheet lacks are missing. Lines
  /// of a cell are joined by a blank.
  public let cells: [String: String]
}

/// Reads a filled-in workbook back, whatever program saved it: strings inside the cells or in a table of their own,
/// sheets and columns in any order, rows sorted, hidden or removed.
public enum FilledWorkbook {
  /// The columns that are handed out.
  static let columns = ["id", "resolution", "note", "row_key"]
  private static let sheets = ["Discrepancies", "Open items"]

  /// Whether the file is a workbook by its name or its first bytes, and no text.
  public static func isWorkbook(_ path: String) -> Bool {
    let name = (path as NSString).pathExtension.lowercased()
    return ["xlsx", "xlsm", "xltx", "xls", "ods"].contains(name) || firstBytes(path).starts(with: zipMark)
  }

  /// Hands out the rows below the headers of the two sheets, as far as they hold a resolution or a key.
  ///
  /// - Throws: `Failure` 66 when the file cannot be read, is no such workbook, or unpacks to more than a workbook of ours
  ///   can hold.
  public static func read(_ path: String, _ body: (FilledRow) throws -> Void) throws {
    do {
      try checkKind(path)
      let package = try WorkbookPackage(path)
      let own = package.sheets.filter { sheets.contains(WorkbookCheck.baseName($0.name)) }
      guard !own.isEmpty else {
        throw DamagedWorkbook("it has neither a sheet Discrepancies nor a sheet Open items")
      }
      let strings = try package.sharedStrings()
      for sheet in own {
        let reader = FilledSheet(sheet.name, strings)
        let filled = try package.scan(sheet.part, FilledSheetXML(reader)).sheet
        guard filled.hasHeader else {
          throw DamagedWorkbook(
            "sheet \(sheet.name) has no row with the names resolution and row_key, which is hidden")
        }
        for row in filled.rows { try body(row) }
      }
    } catch let damage as DamagedWorkbook {
      throw Failure(
        .inputMissing, "the file cannot be read as a report's workbook: \(damage.reason)", at: path,
        remedy: "fill in reconciliation.xlsx as `reconcile report` wrote it, and save it as .xlsx")
    }
  }

  private static let zipMark: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

  private static func firstBytes(_ path: String) -> Data {
    guard let file = FileHandle(forReadingAtPath: path) else { return Data() }
    defer { try? file.close() }
    return (try? file.read(upToCount: 4)) ?? Data()
  }

  private static func checkKind(_ path: String) throws {
    let bytes = firstBytes(path)
    if bytes.starts(with: zipMark) { return }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw DamagedWorkbook("it does not exist or cannot be opened")
    }
    let isOldFormat = bytes.elementsEqual([0xD0, 0xCF, 0x11, 0xE0] as [UInt8])
    throw DamagedWorkbook(
      isOldFormat
        ? "it is protected by a password, or in the format of Excel 97" : "it is no .xlsx file")
  }
}

/// The parts of a workbook's file, by the names that its own lists give them.
struct WorkbookPackage {
  private(set) var sheets: [(name: String, part: String)] = []
  private let archive: ZipArchive
  private var parts: [String: ZipArchive.Entry] = [:]
  private var stringsPart: String?
  /// No part of a report's workbook reaches this, and no more is unpacked.
  private static let partLimit: UInt64 = 1 << 30
  /// XML of rows shrinks to a tenth or a hundredth; a part that shrank more, and is large, was made to fill the disk.
  private static let ratioLimit: UInt64 = 400
  private static let smallPart: UInt64 = 1 << 24

  init(_ path: String) throws {
    archive = try ZipArchive(path: path)
    for entry in archive.entries where parts.updateValue(entry, forKey: entry.name) != nil {
      throw DamagedWorkbook("it has two parts named \(entry.name)")
    }
    let list = try scan("xl/workbook.xml", WorkbookListXML()).sheets
    let relations = try scan("xl/_rels/workbook.xml.rels", RelationsXML()).relations
    for sheet in list {
      guard let relation = relations[sheet.relation] else { continue }
      sheets.append((sheet.name, Self.partName(relation.target)))
    }
    stringsPart = relations.values.first { $0.type.hasSuffix("/sharedStrings") }.map {
      Self.partName($0.target)
    }
  }

  /// The table of strings; empty where cells hold their own.
  func sharedStrings() throws -> StringTable {
    guard let stringsPart else { return StringTable() }
    return try scan(stringsPart, StringTableXML()).table
  }

  /// Reads a part from its beginning to its end.
  func scan<Consumer: XMLConsumer>(_ part: String, _ consumer: Consumer) throws -> Consumer {
    guard let entry = parts[part] else { throw DamagedWorkbook("its part \(part) is missing") }
    guard entry.size <= Self.partLimit,
      entry.size <= Self.smallPart || entry.size / max(1, entry.compressedSize) <= Self.ratioLimit
    else { throw DamagedWorkbook("its part \(part) unpacks to \(entry.size) bytes, more than a report has") }
    var scanner = XMLScanner(consumer)
    var isFirst = true
    try archive.read(entry) { piece in
      // Some programs begin with the mark of UTF-8.
      let hasMark = isFirst && piece.starts(with: [0xEF, 0xBB, 0xBF])
      isFirst = false
      try scanner.feed(hasMark ? UnsafeBufferPointer(rebasing: piece[3...]) : piece)
    }
    try scanner.finish()
    return scanner.consumer
  }

  /// The name in the file of what a relation of the workbook leads to.
  private static func partName(_ target: String) -> String {
    target.hasPrefix("/") ? String(target.dropFirst()) : "xl/" + target
  }
}
