import ReconcileCore
import Reports

/// The two ways to print a diagnosis.
enum DiagnosisText {
  /// A line for each finding, below it where and what to do, then a count. With `isQuiet` only what is wrong.
  static func text(_ diagnosis: Diagnosis, isQuiet: Bool) -> String {
    let shown = diagnosis.findings.filter { !isQuiet || $0.level != .ok }
    let width = shown.map { displayWidth($0.topic) }.max() ?? 0
    var text = ""
    for finding in shown {
      let level = finding.level.rawValue + String(repeating: " ", count: 4 - finding.level.rawValue.count)
      let padding = String(repeating: " ", count: width - displayWidth(finding.topic))
      let indent = String(repeating: " ", count: width + 8)
      text += "\(level)  \(finding.topic)\(padding)  \(finding.what.withControlCharactersEscaped)\n"
      if let place = finding.place { text += "\(indent)at \(place.withControlCharactersEscaped)\n" }
      for line in (finding.remedy ?? "").split(separator: "\n") {
        text += "\(indent)\(String(line).withControlCharactersEscaped)\n"
      }
    }
    if isQuiet { return text }
    let counts = DoctorFinding.Level.allCases.map { "\(diagnosis.count($0)) \($0.rawValue)" }
    return text + "\n\(counts.joined(separator: ", "))\n"
  }

  /// A list of `{level, topic, what, place, remedy, status}`.
  static func json(_ diagnosis: Diagnosis) -> JSONText {
    .list(
      diagnosis.findings.map { finding in
        .object([
          ("level", .text(finding.level.rawValue)), ("topic", .text(finding.topic)),
          ("what", .text(finding.what)), ("place", JSONText(finding.place)),
          ("remedy", JSONText(finding.remedy)),
          ("status", finding.status.map { .count(Int64($0.rawValue)) } ?? .null),
        ])
      })
  }
}
