import Foundation
import Testing

/// The sample month of `reconcile demo`, reconciled once for all tests that read it.
enum SampleMonth {
  private static let making = Task {
    let folder = try TemporaryFolder()
    let child = try Child(
      Binary.reconcile, ["demo", "month", "--quiet"], environment: [:], directory: folder.path,
      output: .file(folder.path + "/out"), errors: .file(folder.path + "/err"),
      whenEnded: Inspection.of(folder.path))
    let status = await child.end()
    guard status == 0 else {
      throw Trouble("demo ended with \(status): \(try text(of: folder.path + "/err"))")
    }
    let configuration = folder.path + "/month/reconcile.toml"
    try write(try text(of: configuration) + "\n" + Journal.numbers, to: folder.path + "/month/numbers.toml")
    return folder
  }

  static func folder() async throws -> String { try await making.value.path + "/month" }
}

/// What the `journal` command is asked for in these tests.
enum Journal {
  static let layouts = ["hledger", "beancount", "xero", "quickbooks", "datev", "csv"]

  /// Accounts as DATEV, Xero and QuickBooks may call them.
  static let numbers = """
    [journal]
    currency = "EUR"
    [journal.accounts]
    receivable = "1400"
    overpayments = "1710"
    suspense = "1590"
    refunds = "8720"
    refund_fees = "4970"
    recovered_fees = "8840"
    differences = "4960"
    [journal.clearing]
    dapit = "1361"
    dapit-wholesale = "1362"
    gate = "1363"
    inflow = "1364"
    maxfi = "1365"
    [journal.xero]
    tax_rate = "Tax Exempt"
    [journal.datev]
    consultant = 29098
    client = 55003
    """

  /// Runs the command on the sample month, with an output folder of its own.
  static func run(
    _ layout: String, _ output: String, from: String = "2026-03-01", to: String = "2026-03-31"
  ) async throws -> Ending {
    let folder = try await SampleMonth.folder()
    let hasNames = ["hledger", "beancount", "csv"].contains(layout)
    // One run holds the warehouse at a time; a test that comes second waits.
    for _ in 0..<300 {
      let name = folder + "/.journal-\(UUID().uuidString)"
      let child = try Child(
        Binary.reconcile,
        [
          "journal", "--layout", layout, "--from", from, "--to", to, "--as-of", "2026-04-02T06:00:00Z",
          "--config",
          hasNames ? "reconcile.toml" : "numbers.toml", "--output", output,
        ], environment: [:], directory: folder, output: .file(name + ".out"), errors: .file(name + ".err"),
        whenEnded: Inspection.of(folder))
      let status = await child.end()
      let ending = Ending(
        status: status, output: try text(of: name + ".out"), errors: try text(of: name + ".err"))
      if status != 75 { return ending }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw Trouble("the warehouse was never free")
  }
}

@Suite("Journals balance, and their balances are those of the report")
struct JournalTests {
  private static let period = "2026-03-01_2026-03-31"

  /// The report of the sample month.
  private func report() async throws -> Report {
    let folder = try await SampleMonth.folder()
    return try Report(folder: folder + "/reports/" + Self.period, trial: folder)
  }

  /// The list of what a journal leaves out, by kind of record.
  private func unbooked(_ output: String, _ layout: String, _ kind: String, _ column: String = "amount")
    throws -> Amounts
  {
    let table = parseCSV(try text(of: output + "/" + Self.period + "/journal-\(layout)-unbooked.csv"))
    var amounts = Amounts()
    for row in table.dropFirst() where row[0] == kind { amounts.add(row[column == "fee" ? 6 : 5], row[4]) }
    return amounts
  }

  /// A figure of summary.json, such as `payments.collected`, by currency.
  private func summary(_ report: Report, _ table: String, _ figure: String) throws -> Amounts {
    var amounts = Amounts()
    for (currency, figures) in try report.summary()[table] as? [String: [String: Any]] ?? [:] {
      amounts.add(figures[figure] as? String ?? "", currency)
    }
    return amounts
  }

  /// Compares the balances of accounts, by kind of record, with the report.
  private func expectTies(
    _ payments: [(account: String, currency: String, amount: String)],
    _ refunds: [(account: String, currency: String, amount: String)], _ output: String, _ layout: String
  ) async throws {
    let report = try await report()
    func sum(_ rows: [(account: String, currency: String, amount: String)], _ prefix: String) -> Amounts {
      var amounts = Amounts()
      for row in rows where row.account.hasPrefix(prefix) { amounts.add(row.amount, row.currency) }
      return amounts
    }
    // What providers collected, and the undated part that no period books.
    var collected = try summary(report, "control", "payments_collected")
    collected.subtract(try summary(report, "control", "undated"))
    #expect(sum(payments, "Assets:Clearing:") == collected)
    #expect(try unbooked(output, layout, "payment") == summary(report, "control", "undated"))

    // By provider, from the rows of payments.csv.
    var byProvider = Amounts()
    for row in report.rows("payments.csv") where row["payment_date"] != "" {
      byProvider.add(row["collected"] ?? "", row["currency"] ?? "", of: row["provider"] ?? "")
    }
    var accounts = Amounts()
    for row in payments where row.account.hasPrefix("Assets:Clearing:") {
      accounts.add(row.amount, row.currency, of: row.account.dropFirst("Assets:Clearing:".count).lowercased())
    }
    #expect(accounts == byProvider)

    // Suspense holds what is not linked, and the linked money in another currency than its order's.
    var suspense = Amounts()
    let currencies = report.column("currency", by: "order_id", of: "orders.csv")
    for row in report.rows("payments.csv") where row["payment_date"] != "" {
      let order = row["order_id"] ?? ""
      if order == "" || currencies[order].map({ $0 != row["currency"] }) == true {
        suspense.add("-" + (row["collected"] ?? ""), row["currency"] ?? "")
      }
    }
    #expect(sum(payments, "Liabilities:Suspense") == suspense)

    // Refunds and their fees, with what is not booked.
    var refunded = try summary(report, "refunds", "amount")
    refunded.subtract(try unbooked(output, layout, "refund"))
    var left = Amounts()
    left.subtract(sum(refunds, "Assets:Clearing:"))
    #expect(left == refunded)
    var fees = try summary(report, "refunds", "fees")
    fees.subtract(try unbooked(output, layout, "refund", "fee"))
    #expect(sum(refunds, "Expenses:RefundFees") == fees)
    #expect(sum(payments + refunds, "") == Amounts())
  }

  @Test(
    "hledger accepts the sample month strictly, and its balances are those of summary.json",
    .enabled(if: BookkeepingTool.hledger.path != nil, "hledger is not installed"))
  func hledger() async throws {
    let output = try await SampleMonth.folder() + "/out-hledger"
    let ending = try await Journal.run("hledger", output)
    #expect(ending.status == 0, "\(ending.errors)")
    let file = output + "/" + Self.period + "/journal.hledger"
    let check = try await BookkeepingTool.hledger.run(
      ["-f", file, "check", "--strict", "ordereddates"], in: output)
    #expect(check.status == 0, "\(check.errors)")
    func balances(_ kind: String) async throws -> [(account: String, currency: String, amount: String)] {
      let result = try await BookkeepingTool.hledger.run(
        ["-f", file, "balance", "--flat", "--no-total", "--layout", "bare", "-O", "csv", "tag:kind=\(kind)"],
        in: output)
      #expect(result.status == 0, "\(result.errors)")
      return parseCSV(result.output).dropFirst().map { ($0[0], $0[1], $0[2]) }
    }
    let payments = try await balances("payment")
    #expect(payments.count > 10)
    try await expectTies(payments, try await balances("refund"), output, "hledger")
  }

  @Test(
    "Beancount accepts the sample month, and its balances are those of summary.json",
    .enabled(
      if: BookkeepingTool.beanCheck.path != nil && BookkeepingTool.beanQuery.path != nil,
      "beancount is not installed"))
  func beancount() async throws {
    let output = try await SampleMonth.folder() + "/out-beancount"
    let ending = try await Journal.run("beancount", output)
    #expect(ending.status == 0, "\(ending.errors)")
    let file = output + "/" + Self.period + "/journal.beancount"
    let check = try await BookkeepingTool.beanCheck.run([file], in: output)
    #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)")
    func balances(_ kind: String) async throws -> [(account: String, currency: String, amount: String)] {
      // A sum of bare numbers would be printed with the same decimals for all currencies.
      let query = "SELECT account, sum(position) WHERE '\(kind)' IN tags GROUP BY account, currency"
      let result = try await BookkeepingTool.beanQuery.run(["-f", "csv", file, query], in: output)
      #expect(result.status == 0, "\(result.errors)")
      return parseCSV(result.output.replacing("\r\n", with: "\n")).dropFirst().map { row in
        let amount = row[1].split(separator: " ")
        return (row[0].filter { $0 != " " }, String(amount.last ?? ""), String(amount.first ?? ""))
      }
    }
    let payments = try await balances("payment")
    #expect(payments.count > 10)
    try await expectTies(payments, try await balances("refund"), output, "beancount")
  }

  @Test(
    "several periods can be included in one ledger of Beancount",
    .enabled(if: BookkeepingTool.beanCheck.path != nil, "beancount is not installed"))
  func included() async throws {
    let output = try await SampleMonth.folder() + "/out-included"
    for (from, to) in [("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31")] {
      #expect(try await Journal.run("beancount", output, from: from, to: to).status == 0)
    }
    try write(
      """
      plugin "beancount.plugins.auto_accounts"
      include "2026-02-01_2026-02-28/journal.beancount"
      include "2026-03-01_2026-03-31/journal.beancount"

      """, to: output + "/main.beancount")
    let check = try await BookkeepingTool.beanCheck.run([output + "/main.beancount"], in: output)
    #expect(check.status == 0 && check.errors.isEmpty, "\(check.errors)")
  }

  @Test("the same warehouse, options and clock give the same bytes", arguments: Journal.layouts)
  func sameBytes(layout: String) async throws {
    let folder = try await SampleMonth.folder()
    var files: [[String: [UInt8]]] = []
    for number in 1...2 {
      let output = folder + "/out-\(layout)-\(number)"
      let ending = try await Journal.run(layout, output)
      #expect(ending.status == 0, "\(ending.errors)")
      let names = try FileManager.default.contentsOfDirectory(atPath: output + "/" + Self.period)
      files.append(
        try Dictionary(
          uniqueKeysWithValues: names.map { ($0, try bytes(of: output + "/\(Self.period)/" + $0)) }))
    }
    #expect(files[0] == files[1])
    #expect(files[0].count >= 2)
  }

  @Test("entries of two adjoining periods are those of the joint one")
  func adjoining() async throws {
    let folder = try await SampleMonth.folder()
    func rows(_ from: String, _ to: String) async throws -> [[String]] {
      let output = folder + "/out-adjoining"
      #expect(try await Journal.run("csv", output, from: from, to: to).status == 0)
      return parseCSV(try text(of: output + "/\(from)_\(to)/journal.csv"))
    }
    let joint = try await rows("2026-02-15", "2026-04-02")
    let first = try await rows("2026-02-15", "2026-03-17")
    let second = try await rows("2026-03-18", "2026-04-02")
    #expect(joint == first + second.dropFirst())
    #expect(joint.count > 1_000)
  }

  @Test("a month with every kind of trouble ties too, whatever the layout", arguments: Journal.layouts)
  func trouble(layout: String) async throws {
    let trial = try Trial()
    #expect(try await trial.run().status == 0)
    try trial.append("\n" + Journal.numbers, to: "reconcile.toml")
    if ["hledger", "beancount", "csv"].contains(layout) {
      try trial.edit("reconcile.toml", Journal.numbers, "")
    }
    let ending = try await trial.run(["journal", "--layout", layout] + Trial.month, name: "journal")
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(ending.output.contains("Not booked:") && ending.errors.contains("journal.unbooked"))
    let quiet = try await trial.run(["journal", "--quiet", "--layout", layout] + Trial.month, name: "quiet")
    #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
  }

  @Test("what is wrong about the command is said before anything is written")
  func refusals() async throws {
    let trial = try Trial()
    func status(_ arguments: [String]) async throws -> (Int32, String) {
      let ending = try await trial.run(["journal"] + arguments, name: "journal")
      return (ending.status, ending.errors)
    }
    #expect(try await status(["--layout", "csv"] + Trial.month).0 == 74)
    #expect(try await trial.run().status == 0)
    #expect(try await status(Trial.month).0 == 64)
    #expect(try await status(["--layout", "csv"]).0 == 64)
    let misspelt = try await status(["--layout", "quickbook"] + Trial.month)
    #expect(misspelt.0 == 64 && misspelt.1.contains("the nearest is \"quickbooks\""))
    let missing = try await status(["--layout", "datev"] + Trial.month)
    #expect(missing.0 == 78 && missing.1.contains("journal.clearing.maxfi"))
    try write("in the way", to: trial.path("file"))
    #expect(try await status(["--layout", "csv", "--output", "file"] + Trial.month).0 == 73)
    #expect(
      try !FileManager.default.contentsOfDirectory(atPath: trial.path("reports/2025-03-01_2025-03-31"))
        .contains { $0.contains("journal") })
  }
}
