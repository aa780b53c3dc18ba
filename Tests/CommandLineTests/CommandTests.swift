import ArgumentParser
import Foundation
import ReconcileCore
import ReconcileWarehouse
import Testing

@testable import reconcile

@Suite("The command line names what is wrong and what was nearest")
struct CommandTests {
  private func advice(_ line: String) -> String {
    let arguments = line.split(separator: " ").map(String.init)
    do {
      _ = try Reconcile.parseAsRoot(arguments)
      return Advice.asksForUnknownTopic(arguments) ? Advice.usage("", arguments) : ""
    } catch {
      return Advice.usage(Reconcile.fullMessage(for: error), arguments)
    }
  }

  @Test(
    "an unknown command is named with the nearest",
    arguments: [
      ("stauts", "`stauts` is no command of reconcile", "`status`"),
      ("explan X Y", "`explan` is no command of reconcile", "`explain`"),
      ("warehouse chek", "`chek` is no command of reconcile warehouse", "`check`"),
      ("help docter", "`docter` is no command of reconcile", "`doctor`"),
    ])
  func commands(line: String, what: String, nearest: String) {
    #expect(advice(line).hasPrefix("error: \(what)\n  the nearest is \(nearest)"))
  }

  @Test(
    "an unknown option is named with the nearest of its command",
    arguments: [
      ("--form 2026-03-01", "`reconcile run` has no option `--form`", "`--from`"),
      ("status --jsn", "`reconcile status` has no option `--jsn`", "`--json`"),
      ("resolve D1 --notes x", "`reconcile resolve` has no option `--notes`", "`--note`"),
      ("warehouse check --deap", "`reconcile warehouse check` has no option `--deap`", "`--deep`"),
      ("doctor -Q", "`reconcile doctor` has no option `-Q`", "`-q`"),
    ])
  func options(line: String, what: String, nearest: String) {
    #expect(advice(line).hasPrefix("error: \(what)\n  the nearest is \(nearest)"))
  }

  @Test("a command behind an option is told where it belongs")
  func order() {
    #expect(advice("--quiet explain X").contains("write `reconcile explain …`"))
  }

  @Test("every command has a summary, can be quiet, and takes a configuration unless it writes its own")
  func everyCommand() {
    func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
      let below = command.configuration.subcommands
      return below.isEmpty ? [command] : below.flatMap(leaves)
    }
    for command in leaves(Reconcile.self) {
      #expect(!command.configuration.abstract.isEmpty)
      let options = Advice.options(of: command)
      #expect(options.contains("--quiet"))
      if ["init", "demo"].contains(command._commandName) { continue }
      #expect(options.contains("--config") && options.contains("--warehouse"))
    }
  }

  @Test("a story is blocks of aligned labels, and nothing in it moves the cursor")
  func story() throws {
    let shop = try SmallShop([("a\u{85}", "2026-03-25", "EUR", 1_000)])
    let story = try shop.warehouse(.read).story(of: "a\u{85}", settings: shop.settings)
    #expect(story.isEmpty, "a control character is in no id")
    let other = try SmallShop([("α1", "2026-03-25", "EUR", 1_000)])
    let parts = try other.warehouse(.read).story(of: "α1", settings: other.settings)
    let text = StoryText.text(parts)
    #expect(text.hasPrefix("Order α1\n  amount due          10.00 EUR\n  created             2026-03-25"))
    #expect(text.contains("\n\nArithmetic of order α1\n  collected          nothing = 0.00 EUR\n"))
    #expect(text.contains("collected - due    0.00 EUR - 10.00 EUR = -10.00 EUR\n"))
    let json = StoryText.json(parts).rendered()
    #expect(
      json.hasPrefix(
        "[\n  {\n    \"heading\": \"Order α1\",\n    \"kind\": \"order\",\n    \"id\": \"α1\",\n    \"facts\": ["
      ))
    #expect(
      json.contains("\"data\": {\n          \"amount_due\": \"10.00\",\n          \"currency\": \"EUR\"\n"))
  }

  @Test("init writes two files where there are none, and overwrites nothing")
  func firstFiles() throws {
    let folder = try ScratchFolder()
    let target = Folder(folder.path + "/new/shop")
    let written = try FirstFiles.write(into: target)
    #expect(written == [target.path + "/reconcile.toml", target.path + "/orders/example.csv"])
    #expect(try String(contentsOfFile: written[1], encoding: .utf8) == InitTemplate.orders)
    let other = try ScratchFolder()
    try other.write("orders/example.csv", "mine")
    for path in [target.path, other.path] {
      let error = try #require(throws: Failure.self) { try FirstFiles.write(into: Folder(path)) }
      #expect(error.status == .outputNotWritten)
    }
    #expect(!FileManager.default.fileExists(atPath: other.path + "/reconcile.toml"))
  }
}
