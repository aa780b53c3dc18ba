import Foundation
import Logging
import ReconcileCore

/// The forms of `--log-format`.
enum LogFormat: String, Sendable, CaseIterable { case text, json }

/// Writes one log event a line to standard error, as text or as JSON.
///
/// The message names the event (`import.page`), the metadata its facts. Control characters are written out,
/// so a value that came from a provider cannot forge a line.
struct LineLogHandler: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  private let format: LogFormat
  private let output: ErrorOutput
  private let clock: @Sendable () -> Instant

  /// A handler that writes events at or above `level`.
  init(
    format: LogFormat, level: Logger.Level, output: ErrorOutput,
    clock: @escaping @Sendable () -> Instant = Instant.now
  ) {
    self.format = format
    self.output = output
    self.clock = clock
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var facts = metadata
    if let provided = metadataProvider?.get() { facts.merge(provided) { $1 } }
    if let own = event.metadata { facts.merge(own) { $1 } }
    let time = Self.milliseconds(clock())
    let level = Self.word(for: event.level)
    let message = "\(event.message)"
    switch format {
    case .text:
      var line = time + " " + level + String(repeating: " ", count: max(0, 5 - level.count)) + " "
      line += message.withControlCharactersEscaped
      for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
        line += " " + key.withControlCharactersEscaped + "=" + Self.quoted("\(value)")
      }
      output.writeLine(line)
    case .json:
      var line = "{\"ts\":\"\(time)\",\"level\":\"\(level)\",\"event\":" + Self.json(message)
      for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
        // A fact named like one of the three fixed members must not make the object ambiguous.
        let name = ["ts", "level", "event"].contains(key) ? key + "_" : key
        line += "," + Self.json(name) + ":" + Self.json(value)
      }
      output.writeLine(line + "}")
    }
  }

  /// `2026-04-01T03:00:14.201Z`.
  static func milliseconds(_ instant: Instant) -> String {
    let text = Instant(seconds: instant.seconds).description
    let fraction = String((instant.microseconds - instant.seconds * 1_000_000) / 1_000)
    return text.dropLast() + "." + String(repeating: "0", count: 3 - fraction.count) + fraction + "Z"
  }

  private static func word(for level: Logger.Level) -> String {
    switch level {
    case .trace, .debug: "debug"
    case .info, .notice: "info"
    case .warning: "warn"
    case .error, .critical: "error"
    }
  }

  private static func quoted(_ value: String) -> String {
    let escaped = value.withControlCharactersEscaped
    guard escaped.isEmpty || escaped.contains(where: { " \"=".contains($0) }) else { return escaped }
    return "\"" + escaped.replacingOccurrences(of: "\"", with: "\\\"") + "\""
  }

  private static func json(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): json(text)
    case .stringConvertible(let value):
      // Whole numbers stay numbers; everything else, amounts too, is text.
      if let number = value as? any BinaryInteger { "\(number)" } else { json("\(value)") }
    case .array(let values): "[" + values.map { json($0) }.joined(separator: ",") + "]"
    case .dictionary(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { json($0.key) + ":" + json($0.value) }.joined(
          separator: ",") + "}"
    }
  }

  /// A JSON text with every control character as `\uXXXX`.
  static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      default:
        if scalar.isControlForTerminals {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
