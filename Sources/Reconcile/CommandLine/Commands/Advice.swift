import ArgumentParser

/// Better words for a wrong command line.
enum Advice {
  /// The parser's message; where a word was taken for an argument of the default command, the nearest command is named.
  static func usage(_ message: String, _ arguments: [String]) -> String {
    guard let word = arguments.first, !word.hasPrefix("-"),
      message.contains("Unexpected argument '\(word)'") || message.contains("unexpected argument")
    else { return message }
    let names = Reconcile.configuration.subcommands.compactMap { $0.configuration.commandName }
    let hint =
      nearest(to: word, in: names).map { "Did you mean `\($0)`?" }
      ?? "Known: \(names.joined(separator: ", "))."
    return "error: `\(word)` is no command of reconcile. \(hint)\n\(message)"
  }
}
