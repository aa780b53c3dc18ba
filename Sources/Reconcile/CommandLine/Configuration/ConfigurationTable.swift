import ReconcileCore

/// One table of the file with its dotted path: hands out values of the type that is asked for, or says what
/// is wrong.
struct ConfigurationTable {
  let document: ConfigurationDocument
  let path: [String]
  let members: [String: ConfigurationNode]

  /// Whether the key is given.
  func has(_ key: String) -> Bool { members[key] != nil }

  /// Refuses every key that is not known here, naming the nearest one, and every secret.
  func allowOnly(_ known: [String], note: String = "") throws(Failure) {
    for key in members.keys.sorted(by: firstInFile) where !known.contains(key) {
      if ConfigurationKeys.looksLikeSecret(key.lowercased()) { throw secret(key) }
      let name = path.isEmpty ? "table or key" : "key"
      throw Failure(
        .configurationWrong, "unknown \(name) `\(dotted(key))`\(note)", at: place(key),
        remedy: advice(key, known))
    }
  }

  /// A text, nil when the key is not given.
  func text(_ key: String, example: String) throws(Failure) -> String? {
    guard let node = members[key] else { return nil }
    guard case .text(let text) = node else {
      throw wrongType(key, node, expected: "a text", example: example)
    }
    guard !text.isEmpty else { throw wrong(key, "is empty", remedy: "for example: \(key) = \(example)") }
    guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw wrong(key, "contains a control character", remedy: "for example: \(key) = \(example)")
    }
    return text
  }

  /// A whole number, nil when the key is not given.
  func integer(_ key: String, in range: ClosedRange<Int>, example: String) throws(Failure) -> Int? {
    guard let node = members[key] else { return nil }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .integer(let number) = node else {
      throw wrongType(key, node, expected: expected, example: example)
    }
    guard range.contains(number) else {
      throw wrong(key, "is \(number), expected is \(expected)", remedy: "for example: \(key) = \(example)")
    }
    return number
  }

  /// A list of texts, nil when the key is not given.
  func texts(_ key: String, example: String) throws(Failure) -> [String]? {
    guard let node = members[key] else { return nil }
    guard case .list(let nodes) = node else {
      throw wrongType(key, node, expected: "a list of texts", example: example)
    }
    var texts: [String] = []
    for node in nodes {
      guard case .text(let text) = node, !text.isEmpty else {
        throw wrongType(key, node, expected: "a list of texts", example: example)
      }
      texts.append(text)
    }
    return texts
  }

  /// The table with this name; an empty one when it is not given.
  func table(_ key: String, example: String) throws(Failure) -> ConfigurationTable {
    guard let node = members[key] else {
      return ConfigurationTable(document: document, path: path + [key], members: [:])
    }
    guard case .table(let members) = node else {
      throw wrongType(key, node, expected: "a table", example: example)
    }
    return ConfigurationTable(document: document, path: path + [key], members: members)
  }

  /// One of the words of an enumeration, nil when the key is not given.
  func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, as type: Word.Type
  ) throws(Failure) -> Word? where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue)
    guard let text = try text(key, example: "\"\(words.first ?? "")\"") else { return nil }
    guard let word = Word(rawValue: text) else {
      throw wrong(key, "is \"\(text)\", which is none of its words", remedy: Self.choice(text, of: words))
    }
    return word
  }

  /// An error about a key: `matching.grace is …`.
  func wrong(_ key: String, _ problem: String, remedy: String) -> Failure {
    Failure(.configurationWrong, "`\(dotted(key))` \(problem)", at: place(key), remedy: remedy)
  }

  /// An error about a value of the wrong type.
  func wrongType(_ key: String, _ node: ConfigurationNode, expected: String, example: String) -> Failure {
    let quote =
      switch node {
      case .fraction, .date, .integer: example.hasPrefix("\"") ? "quote it; " : ""
      default: ""
      }
    return wrong(
      key, "is \(node.kind), expected is \(expected)", remedy: "\(quote)for example: \(key) = \(example)")
  }

  /// The remedy that names the nearest word and all that are possible.
  static func choice(_ word: String, of words: [String]) -> String {
    let near = nearest(to: word, in: words).map { "the nearest is \"\($0)\"; " } ?? ""
    return near + "possible: " + words.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  /// `providers.dapit.kind` for the key `kind` here.
  func dotted(_ key: String) -> String { (path + [key]).joined(separator: ".") }

  /// File, line and dotted key.
  func place(_ key: String) -> String { document.place(path + [key]) }

  private func firstInFile(_ a: String, _ b: String) -> Bool {
    (document.line(of: path + [a]) ?? 0, a) < (document.line(of: path + [b]) ?? 0, b)
  }

  private func secret(_ key: String) -> Failure {
    Failure(
      .configurationWrong, "`\(dotted(key))` looks like a secret, and secrets never stand in this file",
      at: place(key),
      remedy: """
        keep it in an environment variable and name that with api_key_env (webhooks: webhook_secret_env), \
        or in a file named with api_key_file; then ask the provider for a new one, \
        because this one was written down
        """)
  }

  private func advice(_ key: String, _ known: [String]) -> String {
    // A whole table in the wrong place is a misspelt table, not a misplaced key.
    var isTable = false
    if case .table? = members[key] { isTable = true }
    let elsewhere = isTable ? [] : ConfigurationKeys.all.filter { $0.hasSuffix(".\(key)") }
    if let home = elsewhere.first, !known.isEmpty, path.first != "providers" || !home.hasPrefix("providers.")
    {
      let table = home.dropLast(key.count + 1)
      return "`\(key)` belongs to the table [\(table)]; known here: \(known.joined(separator: ", "))"
    }
    guard let near = nearest(to: key, in: known) else { return "remove it" }
    return "the nearest known key is `\(near)`; known here: \(known.joined(separator: ", "))"
  }
}
