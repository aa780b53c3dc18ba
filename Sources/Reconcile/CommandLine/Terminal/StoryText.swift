import ReconcileWarehouse
import Reports

/// The two ways to print a story.
enum StoryText {
  /// A block for each part: its heading, then its facts with their labels in one column.
  static func text(_ story: [StoryPart]) -> String {
    story.map { part in
      let width = part.facts.map { displayWidth($0.label) }.max() ?? 0
      let lines = part.facts.map { label, value in
        let padding = String(repeating: " ", count: width - displayWidth(label))
        return "  \(label)\(padding)  \(value.withControlCharactersEscaped)\n"
      }
      return part.heading.withControlCharactersEscaped + "\n" + lines.joined()
    }
    .joined(separator: "\n")
  }

  /// A list of `{heading, facts: [{label, value}]}`.
  static func json(_ story: [StoryPart]) -> JSONText {
    .list(
      story.map { part in
        .object([
          ("heading", .text(part.heading)),
          (
            "facts",
            .list(part.facts.map { .object([("label", .text($0.label)), ("value", .text($0.value))]) })
          ),
        ])
      })
  }
}
