import ArgumentParser
import ReconcileCore
import ReconcileWarehouse

/// `reconcile explain ID`.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell the whole story of an order, payment, refund, discrepancy or settlement day.",
    discussion: """
      Records, the rule that linked them and those tried before it, the arithmetic, earlier versions, decisions and \
      evidence; for what is unmatched the nearest candidates and what each of them fails. Where two providers use the \
      same payment id, write provider:id. A settlement day is provider:day or provider:day:currency, also as a row of \
      settlement.csv has them.
      """)
  @Argument(help: "An id as the reports print it.")
  var id: String
  @Flag(help: "Print JSON.")
  var json = false
  @Flag(help: "Also print the masked responses that the records were read from.")
  var evidence = false
  @OptionGroup var place: PlaceOptions
  @OptionGroup var speech: OutputOptions

  func run() throws {
    let workplace = try Workplace(place, speech)
    let warehouse = try workplace.warehouseToRead()
    var story = try warehouse.story(of: id, settings: workplace.settings)
    // An id pasted from a report may carry the `'` that keeps a spreadsheet from running it.
    if story.isEmpty, id.hasPrefix("'"), let next = id.dropFirst().first, "=+-@".contains(next) {
      story = try warehouse.story(of: String(id.dropFirst()), settings: workplace.settings)
    }
    guard !story.isEmpty else {
      throw Failure(
        .usage, "nothing in the warehouse has the id `\(id)`", at: warehouse.path,
        remedy:
          "give an order_id, payment_id, refund_id or discrepancy id as the reports print it, capitals and "
          + "leading zeros included, or a settlement day such as dapit:2026-03-05:EUR")
    }
    if evidence { story += try warehouse.responses(of: story) }
    try StandardOutput.write(json ? StoryText.json(story).rendered() : StoryText.text(story))
    try StandardOutput.finish()
  }
}
