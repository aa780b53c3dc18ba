import Foundation
import ReconcileCore
import ReconcileWarehouse

/// What every decision carries: who, when and why.
enum Decision {
  /// The person at this terminal, now.
  static func decider() -> Decider {
    Decider(
      name: person(ProcessInfo.processInfo.environment, userID: getuid()),
      instant: Instant(seconds: Instant.now().seconds))
  }

  /// The person behind `sudo`, else the one who logged in, else the user's name or number.
  static func person(_ environment: [String: String], userID: UInt32) -> String {
    for name in ["SUDO_USER", "LOGNAME", "USER"] {
      if let value = environment[name], !value.allSatisfy(\.isWhitespace) {
        return value.withControlCharactersEscaped
      }
    }
    if let entry = getpwuid(userID), let name = entry.pointee.pw_name { return String(cString: name) }
    return "uid \(userID)"
  }

  /// Why a text cannot be kept as a note, in words that follow "the note"; nil when it can.
  static func problem(withNote note: String) -> String? {
    if note.allSatisfy(\.isWhitespace) { return "is blank" }
    if note.unicodeScalars.contains(where: \.isControlForTerminals) { return "holds a control character" }
    return nil
  }

  /// A note of the command line without blanks around it; throws 64.
  static func note(_ text: String) throws(Failure) -> String {
    if let problem = problem(withNote: text) {
      throw Failure(
        .usage, "the note \(problem)", at: "--note",
        remedy:
          "say on one line why, for whoever reads it next year: --note \"customer paid by bank transfer\"")
    }
    return text.trimmingCharacters(in: .whitespaces)
  }

  /// The verdict that a word stands for, in either case; throws 64 with the nearest word.
  static func resolution(_ word: String, at place: String) throws(Failure) -> Resolution {
    if let resolution = Resolution(rawValue: word.lowercased()) { return resolution }
    throw Failure(
      .usage, "`\(word)` is no resolution", at: place,
      remedy: ConfigurationTable.choice(word, of: Resolution.allCases.map(\.rawValue)))
  }
}
