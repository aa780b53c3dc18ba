import ReconcileCore

/// One hash that changes whenever a setting that can change a report changes.
enum ConfigurationDigest {
  /// SHA-256 over one line a setting, in a fixed order. Where reports and the warehouse lie, and in which
  /// formats reports are written, is left out, and paths inside the configuration's folder are taken
  /// relative to it: the same shop gives the same digest on every machine. Secrets are no part of it.
  static func of(_ settings: Settings, folder: Folder) -> String {
    Digest.hex(Digest.sha256(Array(lines(settings, folder).joined(separator: "\n").utf8)))
  }

  /// The lines that are hashed.
  static func lines(_ settings: Settings, _ folder: Folder) -> [String] {
    var lines: [String] = []
    func add(_ key: String, _ value: String) { lines.append(key + " = " + LineLogHandler.json(value)) }
    func local(_ path: String) -> String {
      for root in [folder.path, Folder.escaped(folder.path)] where path.hasPrefix(root + "/") {
        return String(path.dropFirst(root.count + 1))
      }
      return path
    }
    add("reporting.time_zone", settings.zone.name)
    for (name, files) in [("orders", settings.orders), ("refunds", settings.refunds)] {
      files.patterns.forEach { add("\(name).files", local($0)) }
      add("\(name).time_zone", files.zone.name)
      add("\(name).decimal", String(UnicodeScalar(files.decimalMark)))
      for (column, own) in files.columns.sorted(by: { $0.key < $1.key }) {
        add("\(name).columns.\(column)", own)
      }
    }
    settings.eventPatterns.forEach { add("events.files", local($0)) }
    add("matching.grace", "\(settings.graceSeconds)")
    add("matching.refund_grace", "\(settings.refundGraceSeconds)")
    for (currency, money) in settings.tolerance.sorted(by: { $0.key < $1.key }) {
      add("matching.tolerance.\(currency)", money.decimalText)
    }
    for provider in settings.providers {
      func own(_ key: String, _ value: String) { add("providers.\(provider.name).\(key)", value) }
      own("kind", provider.kind.rawValue)
      switch provider.source {
      case .network(let baseURL, _): own("base_url", baseURL)
      case .directory(let path): own("directory", local(path))
      }
      own("time_zone", provider.zone.name)
      own("lookback_days", "\(provider.lookbackDays)")
      own("rate_limit", provider.rateLimit.map { "\($0.requests)/\($0.seconds)s" } ?? "none")
      for (word, status) in provider.statusMap.sorted(by: { $0.key < $1.key }) {
        own("status_map.\(word)", status.rawValue)
      }
      own("currency", provider.currency.code)
      own("refund_fee", provider.refundFee?.decimalText ?? "none")
      own("settlement_refunds", provider.settlementRefundsAreGross ? "gross" : "net")
      own("live_since", provider.liveSince?.description ?? "none")
      own("amount_unit", provider.amountsAreMajor ? "major" : "minor")
      own("auth_header", provider.authHeader)
      own("amount_basis", provider.amountIsNet ? "net" : "gross")
      if !provider.checksAmounts { own("amount_check", "off") }
      own("timeout", "\(provider.timeoutSeconds)")
      own("deadline", "\(provider.deadlineSeconds)")
      own("ca_file", provider.caFile.map(local) ?? "none")
    }
    return lines
  }
}
