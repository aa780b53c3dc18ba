/// The list of faults, for people.
enum FaultGuide {
  /// For `--help`.
  static var help: String {
    var text = "FAULTS, as in --fault NAME:key=value,key=value\n"
    for group in FaultName.Group.allCases {
      text += "\n\(group.heading):\n"
      for name in FaultName.allCases where name.group == group {
        text += "  \(name.rawValue): \(name.meaning)\n"
      }
    }
    return text + """

      All but another address take provider=NAME, match=TEXT, after=N, every=N and count=N (or always); another \
      address takes provider=NAME.
      """
  }

  /// The tables of docs/guides/sandbox.md.
  static var tables: String {
    FaultName.Group.allCases.map { group in
      let rows = FaultName.allCases.filter { $0.group == group }.map {
        "| `\($0.rawValue)` | \($0.meaning.replacing("|", with: "\\|")) |\n"
      }
      return "| \(group.heading) | |\n|---|---|\n" + rows.joined()
    }.joined(separator: "\n")
  }
}
