import Foundation

/// Programs of other makers that read a workbook: Debian's Python with openpyxl, and LibreOffice.
public enum SpreadsheetTools {
  /// The distribution's own; another Python on the path may lack openpyxl.
  private static let python = "/usr/bin/python3"

  /// Whether workbooks can be read with openpyxl here. Without it the tests that do are shown as skipped.
  public static let canRead: Bool = (try? run(python, ["-c", "import openpyxl"]))?.status == 0

  /// Whether LibreOffice can work out a workbook's formulas here.
  public static let canRecalculate: Bool =
    canRead && (try? run("/usr/bin/env", ["soffice", "--version"]))?.status == 0

  /// What recalculate.py says about a workbook.
  public struct Recalculation: Decodable, Sendable {
    public let formulas: Int
    public let planted: String
    public let differences: [String]
  }

  /// Compares the stored result of every formula with what LibreOffice finds. `folder` must be empty or new.
  public static func recalculate(_ workbook: String, in folder: String) throws -> Recalculation {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try decode(script("recalculate.py", [workbook, folder]))
  }

  /// What facts.py prints about a workbook, as `Facts` wants it.
  public static func facts<Facts: Decodable>(_ workbook: String) throws -> Facts {
    try decode(script("facts.py", [workbook]))
  }

  /// Fills a report's workbook in with openpyxl.
  ///
  /// - Returns: sheet, row, id, resolution, note and key of every row that was decided, in the order of the sheets.
  public static func fill(_ workbook: String, to target: String) throws -> [[String]] {
    let output = try script("fill.py", [workbook, target])
    return try JSONDecoder().decode([[Text]].self, from: Data(output.utf8)).map { $0.map(\.text) }
  }

  /// Opens a workbook with LibreOffice and saves it again, as `folder/name`.
  public static func saveAgain(_ workbook: String, in folder: String) throws {
    let profile = "-env:UserInstallation=file://\(folder)/profile"
    let (status, _, errors) = try run(
      "/usr/bin/env",
      [
        "soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", folder,
        workbook,
      ])
    guard status == 0 else { throw ToolProblem(description: "soffice ended with \(status): \(errors)") }
  }

  /// A text or a number, as text.
  private struct Text: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let number = try? value.decode(Int.self) {
        text = String(number)
      } else {
        text = try value.decode(String.self)
      }
    }
  }

  private static func decode<Value: Decodable>(_ output: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(output.utf8))
  }

  private static func script(_ name: String, _ arguments: [String]) throws -> String {
    let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Workbooks")
    let (status, output, errors) = try run(
      python, [scripts.appendingPathComponent(name).path] + arguments)
    guard status == 0 else { throw ToolProblem(description: "\(name) ended with \(status): \(errors)") }
    return output
  }

  private static func run(_ tool: String, _ arguments: [String]) throws -> (
    status: Int32, output: String, errors: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: tool)
    process.arguments = arguments
    // Files instead of pipes: nothing can fill up while the program runs.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["output", "errors"].map { folder.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, try String(contentsOf: files[0], encoding: .utf8),
      try String(contentsOf: files[1], encoding: .utf8)
    )
  }
}

/// What went wrong with a program that a test calls.
struct ToolProblem: Error, CustomStringConvertible { let description: String }
