import ArgumentParser

/// Better words for a wrong command line: what is not known is named together with the nearest that is.
enum Advice {
  /// The parser's message, or our own where it is about a word or option that does not exist.
  static func usage(_ message: String, _ arguments: [String]) -> String {
    let path = commands(in: arguments.first == "help" ? Array(arguments.dropFirst()) : arguments)
    let name = path.map { $0._commandName }.joined(separator: " ")
    if let option = quoted(in: message, after: "Unknown option '") {
      let shown = path.count == 1 ? "reconcile run" : name
      let command = path.count == 1 ? RunCommand.self : path[path.count - 1]
      return error(
        "`\(shown)` has no option `\(option)`",
        nearest(to: option, in: options(of: command)).map { "the nearest is `\($0)`; " } ?? "",
        all: "`\(shown) --help` shows all")
    }
    let word =
      topic(in: arguments) ?? quoted(in: message, after: "Unexpected argument '")
      ?? quoted(in: message, after: "unexpected arguments: '")
    let names = subcommands(of: path[path.count - 1])
    if let word, !names.isEmpty {
      if names.contains(word) {
        return error(
          "the command `\(word)` does not stand first", "write `\(name) \(word) …`, options after it; ",
          all: "`\(name) \(word) --help` shows all")
      }
      return error(
        "`\(word)` is no command of \(name)",
        nearest(to: word, in: names).map { "the nearest is `\($0)`; " } ?? "",
        all: "known: \(names.joined(separator: ", "))")
    }
    return message.hasPrefix("Error: ") ? "error: " + message.dropFirst(7) : message
  }

  /// Whether help is asked for something that is no command; the parser would show the help of everything.
  static func asksForUnknownTopic(_ arguments: [String]) -> Bool { topic(in: arguments) != nil }

  private static func topic(in arguments: [String]) -> String? {
    guard arguments.first == "help" else { return nil }
    let words = arguments.dropFirst().prefix { !$0.hasPrefix("-") }
    let known = commands(in: Array(words)).count - 1
    return known < words.count ? words[words.startIndex + known] : nil
  }

  private static func error(_ what: String, _ advice: String, all: String) -> String {
    "error: \(what.withControlCharactersEscaped)\n  \(advice)\(all)"
  }

  /// The commands that the arguments name, the root first.
  private static func commands(in arguments: [String]) -> [any ParsableCommand.Type] {
    var path: [any ParsableCommand.Type] = [Reconcile.self]
    for argument in arguments {
      guard
        let next = path[path.count - 1].configuration.subcommands.first(where: {
          $0._commandName == argument
        })
      else { break }
      path.append(next)
    }
    return path
  }

  /// The names of the commands below this one.
  static func subcommands(of command: any ParsableCommand.Type) -> [String] {
    command.configuration.subcommands.map { $0._commandName }
  }

  /// The options that the help of a command lists.
  static func options(of command: any ParsableCommand.Type) -> [String] {
    Reconcile.helpMessage(for: command, columns: 200).split(separator: "\n").flatMap { line in
      let words = line.split(separator: " ")
      guard line.hasPrefix("  -") else { return [String]() }
      return words.prefix { $0.hasPrefix("-") || $0.hasPrefix("<") }
        .filter { $0.hasPrefix("-") }.map { String($0).replacing(",", with: "") }
    }
  }

  private static func quoted(in message: String, after mark: String) -> String? {
    guard let start = message.range(of: mark)?.upperBound else { return nil }
    return message[start...].firstIndex(of: "'").map { String(message[start..<$0]) }
  }
}
