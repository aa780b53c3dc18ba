import ArgumentParser
import ReconcileCore
import ReconcileWarehouse

/// `reconcile link PAYMENT ORDER --note T`.
struct LinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link", abstract: "Tie a payment to an order by hand; it outranks every rule.")
  @Argument(help: "A payment_id of payments.csv, or provider:payment_id.")
  var payment: String
  @Argument(help: "An order_id.")
  var order: String
  @Option(help: ArgumentHelp("Why; kept with who and when.", valueName: "text"))
  var note: String
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try Decision.note(note)
    let workplace = try Workplace(place, speech)
    let decider = Decision.decider()
    let linked = try workplace.warehouseToChange()
      .linkByHand(payment: payment, order: order, note: note, by: decider)
    try workplace.confirm("Payment \(linked) is linked to order \(order)", note, decider)
  }
}

/// `reconcile unlink PAYMENT --note T`.
struct UnlinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlink",
    abstract: "Take a payment from its order by hand; no rule ties it again until somebody links it.")
  @Argument(help: "A payment_id of payments.csv, or provider:payment_id.")
  var payment: String
  @Option(help: ArgumentHelp("Why; kept with who and when.", valueName: "text"))
  var note: String
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let note = try Decision.note(note)
    let workplace = try Workplace(place, speech)
    let decider = Decision.decider()
    let taken = try workplace.warehouseToChange().unlinkByHand(payment: payment, note: note, by: decider)
    try workplace.confirm("Payment \(taken) belongs to no order", note, decider)
  }
}

extension Workplace {
  /// Says on standard output what was written and when it shows.
  fileprivate func confirm(_ what: String, _ note: String, _ decider: Decider) throws {
    if console.isQuiet { return }
    try StandardOutput.write(
      """
      \(what.withControlCharactersEscaped) (by \(decider.name), \(decider.instant): \(note)).
      It takes effect with the next matching: `reconcile match --from … --to …`, or any run.

      """)
    try StandardOutput.finish()
  }
}
