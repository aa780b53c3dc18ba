import Foundation
import ReconcileCore
import TOMLKit

/// A value of the configuration file. TOML's numbers with a fraction and its dates are kept only as kinds:
/// amounts, instants and dates are text in this file, so their values are never looked at.
enum ConfigurationNode: Sendable {
  case text(String)
  case integer(Int)
  case fraction
  case boolean(Bool)
  case date
  case list([ConfigurationNode])
  case table([String: ConfigurationNode])

  /// The kind in words, for errors.
  var kind: String {
    switch self {
    case .text: "a text"
    case .integer: "a whole number without quotes"
    case .fraction: "a number without quotes"
    case .boolean: "true or false"
    case .date: "a date without quotes"
    case .list: "a list"
    case .table: "a table"
    }
  }
}

/// The parsed file with the line of every key, so that each error can say where it is.
struct ConfigurationDocument: Sendable {
  /// The absolute path, for errors.
  let file: String
  let root: [String: ConfigurationNode]
  private let lines: [[String]: Int]
  /// Bytes of the largest file that is read.
  static let largestFile = 1_048_576

  /// Reads TOML from the bytes of a file; throws 78 naming line and column.
  init(file: String, bytes: [UInt8]) throws(Failure) {
    self.file = file
    guard bytes.count <= Self.largestFile else {
      throw Failure(
        .configurationWrong, "the configuration is larger than 1 MiB", at: file,
        remedy: "check that this is the file you meant; `reconcile init` writes a new one")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(
        .configurationWrong, "the configuration is not UTF-8 text", at: file,
        remedy: "save the file with the encoding UTF-8")
    }
    // The parser underneath takes C strings: a NUL would end the file, or a value, unseen.
    let lower = text.lowercased()
    for nul in ["\0", "\\u0000", "\\u00000000"] where lower.contains(nul) {
      throw Failure(
        .configurationWrong, "the configuration contains a NUL character", at: file,
        remedy: "remove the character; no value may hold it")
    }
    do {
      root = try Self.members(of: TOMLTable(string: text))
    } catch let error as TOMLParseError {
      throw Self.failure(error, file: file, text: text)
    } catch {
      throw Failure(
        .configurationWrong, "the configuration cannot be read as TOML", at: file,
        remedy: "compare the file with the one that `reconcile init` writes")
    }
    lines = KeyLines.scan(text)
  }

  /// The line that gives this key, or the nearest table above it that the file has.
  func line(of path: [String]) -> Int? {
    var path = path
    while !path.isEmpty {
      if let line = lines[path] { return line }
      path.removeLast()
    }
    return nil
  }

  /// Where a key stands, in words: `FILE, line N, key a.b`.
  func place(_ path: [String]) -> String {
    var parts = [file]
    if let line = line(of: path) { parts.append("line \(line)") }
    parts.append("key \(path.joined(separator: "."))")
    return parts.joined(separator: ", ")
  }

  private static func failure(_ error: TOMLParseError, file: String, text: String) -> Failure {
    let position = error.source.begin
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = position.line >= 1 && position.line <= lines.count ? String(lines[position.line - 1]) : ""
    // The parser's words may quote the line; a key that was written there in the clear must not be repeated.
    let mayHoldSecret = ConfigurationKeys.looksLikeSecret(line.lowercased())
    return Failure(
      .configurationWrong,
      "the configuration is not valid TOML" + (mayHoldSecret ? "" : ": \(error.description)"),
      at: "\(file), line \(position.line), column \(position.column)",
      remedy: "texts, amounts and dates stand in quotes: key = \"value\"")
  }

  private static func members(of table: TOMLTable) -> [String: ConfigurationNode] {
    var members: [String: ConfigurationNode] = [:]
    for (key, value) in table { members[key] = node(value) }
    return members
  }

  private static func node(_ value: any TOMLValueConvertible) -> ConfigurationNode {
    switch value.type {
    case .string: .text(value.string ?? "")
    case .int: .integer(value.int ?? 0)
    case .double: .fraction
    case .bool: .boolean(value.bool ?? false)
    case .date, .time, .dateTime: .date
    case .array: .list(value.array.map { $0.map { node($0) } } ?? [])
    case .table: .table(value.table.map { members(of: $0) } ?? [:])
    }
  }
}
