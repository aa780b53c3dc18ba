import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse

/// Options of the commands that decide one thing, or many by a file.
struct DecisionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Why; kept with who and when. With --file: for rows without a note.", valueName: "text"))
  var note: String?
  @Option(help: ArgumentHelp("A file with many decisions.", valueName: "path"))
  var file: String?
  @Flag(name: .customLong("dry-run"), help: "Say what would become of each decision, and write nothing.")
  var isDryRun = false

  /// The path of --file, nil without it. Throws 64 when something stands beside it that it replaces.
  func path(replacing arguments: String, given: Bool) throws -> String? {
    guard let file else { return nil }
    guard !given else {
      throw Failure(
        .usage, "--file cannot stand beside \(arguments)", at: "--file \(file)",
        remedy: "write them into the file, or leave --file out")
    }
    return Folder(FileManager.default.currentDirectoryPath).absolute(file)
  }
}

/// `reconcile link PAYMENT ORDER --note T`, or `--file F`.
struct LinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Tie a payment to an order by hand; it outranks every rule.",
    discussion: """
      With --file a CSV with the columns payment_id and order_id, and provider and note where needed, ties many at \
      once. Rows without an order_id are left as they are; one row that is wrong, and none is written.
      """)
  @Argument(help: "A payment_id of payments.csv, or provider:payment_id.")
  var payment: String?
  @Argument(help: "An order_id.")
  var order: String?
  @OptionGroup var decision: DecisionOptions
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try decision.note.map(Decision.note)
    let next = LinkCommand.next
    if let file = try decision.path(replacing: "PAYMENT and ORDER", given: payment != nil) {
      let sheet = try DecisionSheet.links(csv: file, defaultNote: note)
      return try Workplace(place, speech).decide(
        sheet, isDryRun: decision.isDryRun, undecided: "Rows without an order_id", next: next
      ) { try $0.decide($1, by: $2, isDryRun: $3) }
    }
    guard let payment, let order, let note else {
      throw Failure(
        .usage,
        payment == nil ? "no payment is given" : order == nil ? "no order is given" : "no --note is given",
        remedy: "example: reconcile link pay_2 1004 --note \"bank receipt of 9 March\"\n"
          + "or many at once: reconcile link --file links.csv")
    }
    try Workplace(place, speech).decide(
      [DecisionDraft(.link(PaymentName(id: payment), order: order), note: note)], isDryRun: decision.isDryRun,
      next: next)
  }

  static let next =
    "It takes effect with the next matching: `reconcile match --from … --to …`, or any run."
}

/// `reconcile unlink PAYMENT --note T`, or `--file F`.
struct UnlinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlink",
    abstract: "Take a payment from its order by hand; no rule ties it again until somebody links it.",
    discussion: """
      With --file a CSV with the column payment_id, and provider and note where needed, takes many at once; one row \
      that is wrong, and none is written.
      """)
  @Argument(help: "A payment_id of payments.csv, or provider:payment_id.")
  var payment: String?
  @OptionGroup var decision: DecisionOptions
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try decision.note.map(Decision.note)
    if let file = try decision.path(replacing: "PAYMENT", given: payment != nil) {
      let sheet = try DecisionSheet.unlinks(csv: file, defaultNote: note)
      return try Workplace(place, speech).decide(sheet, isDryRun: decision.isDryRun, next: LinkCommand.next) {
        try $0.decide($1, by: $2, isDryRun: $3)
      }
    }
    guard let payment, let note else {
      throw Failure(
        .usage, payment == nil ? "no payment is given" : "no --note is given",
        remedy: "example: reconcile unlink pay_2 --note \"belongs to the shop in Riga\"\n"
          + "or many at once: reconcile unlink --file payments.csv")
    }
    try Workplace(place, speech).decide(
      [DecisionDraft(.unlink(PaymentName(id: payment)), note: note)], isDryRun: decision.isDryRun,
      next: LinkCommand.next)
  }
}
