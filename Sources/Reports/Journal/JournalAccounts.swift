import ReconcileCore

/// The accounts of the books as one layout writes them, checked before anything is written.
struct JournalAccounts {
  private let roles: [JournalRole: String]
  private let clearing: [String: String]

  /// Reads the accounts of every role and every provider.
  ///
  /// Throws 78 for the ones that are missing, not legal in the layout, or not different from one another where they
  /// must be. `configuration` is the file's path, for errors.
  init(
    _ settings: JournalSettings, layout: JournalLayout, providers: [String], configuration: String
  ) throws(Failure) {
    var roles: [JournalRole: String] = [:]
    var clearing: [String: String] = [:]
    var missing: [String] = []
    for role in JournalRole.allCases where role != .clearing {
      if let name = settings.accounts[role] ?? Self.standard(role, layout) {
        roles[role] = name
      } else {
        missing.append("journal.accounts.\(role.rawValue)")
      }
    }
    for provider in providers {
      if let name = settings.clearing[provider] {
        clearing[provider] = name
      } else if layout.namesAccounts || layout == .quickbooks,
        let parent = settings.accounts[.clearing] ?? Self.standard(.clearing, layout)
      {
        clearing[provider] =
          parent + ":" + (layout == .beancount ? BeancountText.component(provider) : provider)
      } else {
        missing.append("journal.clearing.\(provider)")
      }
    }
    guard missing.isEmpty else {
      throw Failure(
        .configurationWrong,
        "the layout \(layout.rawValue) needs \(missing.count == 1 ? "an account" : "accounts") that "
          + "\(missing.count == 1 ? "is" : "are") not named: \(missing.joined(separator: ", "))",
        at: configuration,
        remedy:
          "add \(missing.count == 1 ? "it" : "them") as your books call \(missing.count == 1 ? "it" : "them"); "
          + "what each is for: docs/guides/journals.md")
    }
    self.roles = roles
    self.clearing = clearing
    let named =
      roles.map { ("journal.accounts.\($0.key.rawValue)", $0.value) }
      + clearing.map { ("journal.clearing.\($0.key)", $0.value) }
    for (key, name) in named.sorted(by: { $0.0 < $1.0 }) {
      if let problem = layout.problem(ofAccount: name, settings) {
        throw Failure(
          .configurationWrong, "the account \"\(name)\" \(problem.what)",
          at: "\(configuration), key \(key)", remedy: problem.remedy)
      }
    }
    try Self.requireOwnClearing(roles, clearing, configuration)
  }

  /// The account's name or number; throws 78 for a provider that was not known when the accounts were checked.
  func name(_ account: JournalAccount) throws(Failure) -> String {
    switch account {
    case .role(let role):
      if let name = roles[role] { return name }
      throw Failure(
        .defect, "no account was chosen for \(role.rawValue)",
        remedy: "nothing was written; please report this message with the command you ran")
    case .clearing(let provider):
      if let name = clearing[provider] { return name }
      throw Failure(
        .configurationWrong, "provider \(provider) has no clearing account",
        at: "key journal.clearing.\(provider)", remedy: "add it to the configuration")
    }
  }

  /// Every account in alphabetical order.
  var all: [String] { Set(roles.values).union(clearing.values).sorted() }

  private static func standard(_ role: JournalRole, _ layout: JournalLayout) -> String? {
    guard layout.namesAccounts else { return nil }
    return switch role {
    case .clearing: "Assets:Clearing"
    case .receivable: "Assets:Receivable"
    case .overpayments: "Liabilities:Overpayments"
    case .suspense: "Liabilities:Suspense"
    case .refunds: "Income:Refunds"
    case .refundFees: "Expenses:RefundFees"
    case .recoveredFees: "Income:RefundFees"
    case .differences: "Expenses:PaymentDifferences"
    }
  }

  /// What a provider owes must be readable from one account, and nothing else may stand in it.
  private static func requireOwnClearing(
    _ roles: [JournalRole: String], _ clearing: [String: String], _ configuration: String
  ) throws(Failure) {
    var owner = Dictionary(
      roles.map { ($0.value, "journal.accounts.\($0.key.rawValue)") }, uniquingKeysWith: min)
    for (provider, name) in clearing.sorted(by: { $0.key < $1.key }) {
      if let other = owner.updateValue("journal.clearing.\(provider)", forKey: name) {
        throw Failure(
          .configurationWrong,
          "provider \(provider) has no clearing account of its own: \(other) is \"\(name)\" too",
          at: "\(configuration), key journal.clearing.\(provider)",
          remedy: "give each provider an account that nothing else uses")
      }
    }
  }
}

extension JournalLayout {
  /// Why a text cannot be an account here; nil when it can.
  func problem(ofAccount name: String, _ settings: JournalSettings) -> (what: String, remedy: String)? {
    let hasControls = name.unicodeScalars.contains { $0.value < 32 || (127...159).contains($0.value) }
    if name.isEmpty || hasControls || name.first == " " || name.last == " " {
      return ("is empty, begins or ends with a blank, or contains a control character", "write it plainly")
    }
    switch self {
    case .hledger:
      // Two blanks end an account, a semicolon begins a comment, brackets and marks at the start have meanings.
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      if name.contains("  ") || name.contains(";") || "([*!=~\"".contains(name.first ?? " ")
        || parts.contains("")
      {
        return (
          "is no account of hledger",
          "use names with single blanks joined by `:`, such as \"Assets:Receivable\""
        )
      }
    case .beancount:
      if name.wholeMatch(of: /(?:Assets|Liabilities|Equity|Income|Expenses)(?::[A-Z0-9][A-Za-z0-9\-]*)+/)
        == nil
      {
        return (
          "is no account of Beancount",
          "begin with Assets, Liabilities, Equity, Income or Expenses; each part after a `:` begins with a capital "
            + "or digit and has letters, digits and `-`"
        )
      }
    case .datev:
      if name.wholeMatch(of: /0*[1-9][0-9]*/) == nil || name.utf8.count > settings.datevAccountLength + 1 {
        return (
          "is no account number of DATEV",
          "write digits, at most \(settings.datevAccountLength) (journal.datev.account_length), "
            + "or one more for a customer or supplier"
        )
      }
    case .xero:
      if name.utf8.count > 10 || "=+-@".contains(name.first ?? " ") {
        return ("is no account code of Xero", "write the code alone, such as \"610\", not the name")
      }
    case .quickbooks, .csv:
      if "=+-@".contains(name.first ?? " ") {
        return (
          "begins with a sign that a spreadsheet would take for a formula", "begin with a letter or digit"
        )
      }
    }
    return nil
  }
}
