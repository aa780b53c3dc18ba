import ReconcileWarehouse
import Reports

/// The two ways to print a story.
enum StoryText {
  /// A block for each part: its heading, then its facts with their labels in one column.
  static func text(_ story: [StoryPart]) -> String {
    story.map { part in
      let width = part.facts.map { displayWidth($0.label) }.max() ?? 0
      let lines = part.facts.map { fact in
        let padding = String(repeating: " ", count: width - displayWidth(fact.label))
        return
          "  \(fact.label.withControlCharactersEscaped)\(padding)  \(fact.value.withControlCharactersEscaped)\n"
      }
      return part.heading.withControlCharactersEscaped + "\n" + lines.joined()
    }
    .joined(separator: "\n")
  }

  /// A list of `{heading, kind, id, facts: [{label, value, data}]}`; `data` holds the parts of the value for programs.
  static func json(_ story: [StoryPart]) -> JSONText {
    .list(
      story.map { part in
        .object([
          ("heading", .text(part.heading)), ("kind", .text(part.kind.rawValue)), ("id", .text(part.id)),
          ("facts", .list(part.facts.map(fact))),
        ])
      })
  }

  private static func fact(_ fact: StoryFact) -> JSONText {
    var members: [(String, JSONText)] = [("label", .text(fact.label)), ("value", .text(fact.value))]
    if !fact.data.isEmpty {
      members.append(("data", .object(fact.data.map { ($0.name, JSONText($0.value)) })))
    }
    return .object(members)
  }
}
