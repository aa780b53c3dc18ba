import Foundation
import Logging
import ReconcileCore
import Testing

@testable import reconcile

@Suite("What people see is aligned, escaped and never torn")
struct TerminalTests {
  private let screen = Terminal(isTerminal: true, environment: ["LANG": "C.UTF-8"], width: 60)
  private let cron = Terminal(isTerminal: false, width: 80)

  @Test("the nearest word counts typing mistakes, swaps as one, without case")
  func nearestWord() {
    #expect(nearest(to: "gracee", in: ["refund_grace", "grace", "tolerance"]) == "grace")
    #expect(nearest(to: "FIELS", in: ["files", "decimal"]) == "files")
    #expect(nearest(to: "b", in: ["c", "a"]) == "a")
    #expect(nearest(to: "x", in: []) == nil)
    #expect(nearest(to: "", in: ["ab", "a"]) == "a")
  }

  @Test("an error says what, where and what to do, and moves no cursor")
  func errors() {
    let error = Failure(.usage, "bad \u{1B}[2J", at: "a\nb", remedy: "do this\nthen that")
    #expect(error.text == "error: bad \\u{1B}[2J\n  at a\\nb\n  do this\n  then that")
    #expect(Failure(.defect, "x", remedy: "y").text == "error: x\n  y")
  }

  @Test("a log line is one line whatever a value holds")
  func textLog() {
    let collected = Collected()
    var handler = LineLogHandler(
      format: .text, level: .info, output: collected.output, clock: StandingClock().read)
    handler[metadataKey: "provider"] = "maxfi"
    var logger = Logger(label: "t") { _ in handler }
    logger.info("import.page", metadata: ["page": "\(7)", "note": "a b\n2026 error forged\u{202E}"])
    logger.debug("hidden")
    logger[metadataKey: "x"] = "1"
    #expect(
      collected.text
        == "2026-03-31T23:33:19.201Z info  import.page note=\"a b\\n2026 error forged\\u{202E}\" "
        + "page=7 provider=maxfi\n")
  }

  @Test("a JSON log line is one object with a time, a level and an event")
  func jsonLog() throws {
    let collected = Collected()
    let logger = Logger(label: "t") { _ in
      LineLogHandler(format: .json, level: .info, output: collected.output, clock: StandingClock().read)
    }
    logger.warning(
      "a\"b", metadata: ["n": .stringConvertible(7), "ts": "x\u{0}\u{85}", "l": ["1", ["k": "v"]]])
    #expect(
      collected.text
        == #"{"ts":"2026-03-31T23:33:19.201Z","level":"warn","event":"a\"b","l":["1",{"k":"v"}],"#
        + #""n":7,"ts_":"x\u0000\u0085"}"# + "\n")
    _ = try JSONDecoder().decode([String: AnyJSON].self, from: Data(collected.text.utf8))
  }

  @Test("columns line up, numbers to the right, whatever script the words are in")
  func table() {
    var table = TextTable([("", .left), ("Orders", .right)])
    table.add(["EUR", "182.10"])
    table.add(["日本", "4"])
    table.add(["e\u{301}\n", "12"])
    #expect(
      table.text == "        Orders\n  EUR   182.10\n  日本       4\n  e\u{301}\\n       12\n")
    #expect(truncated("日本語", toWidth: 5) == "日本")
  }

  @Test("on a terminal each task has one line, redrawn at most ten times a second and cleared at the end")
  func progressOnTerminal() {
    let (collected, clock) = (Collected(), StandingClock())
    let progress = ProgressReporter(
      terminal: screen, isQuiet: false, output: collected.output, clock: clock.read)
    progress.update("maxfi", step: "payments", done: 1, of: 4)
    let first = collected.text
    #expect(first.contains("maxfi  payments  █████···············  25%  1 of 4"))
    progress.update("maxfi", step: "payments", done: 2, of: 4)
    #expect(collected.text == first)
    clock.move(milliseconds: 100)
    progress.update("gate", step: "lookups", done: 3)
    #expect(collected.text.contains("50%"))
    #expect(!collected.text.hasSuffix("\n"))
    progress.finish("gate", step: "lookups", "3 found")
    #expect(collected.text.contains("3 found\n"))
    progress.close()
    #expect(collected.text.hasSuffix("\u{1B}[J"))
    let end = collected.text
    progress.tick()
    #expect(collected.text == end)
  }

  @Test("elsewhere there is a line for each finished step and a heartbeat every 30 seconds")
  func progressInCron() {
    let (collected, clock) = (Collected(), StandingClock())
    let progress = ProgressReporter(
      terminal: cron, isQuiet: false, output: collected.output, clock: clock.read)
    progress.update("maxfi", step: "payments", done: 1, of: 4)
    clock.move(milliseconds: 29_999)
    progress.tick()
    #expect(collected.text.isEmpty)
    clock.move(milliseconds: 1)
    progress.tick()
    progress.tick()
    #expect(collected.text == "... maxfi payments 1 of 4\n")
    progress.finish("maxfi", step: "payments", "4 records", isGood: false)
    progress.close()
    #expect(collected.text == "... maxfi payments 1 of 4\n! maxfi  payments  4 records\n")
  }

  @Test("long work shows its speed, and the time left where the total is known; another step begins anew")
  func pace() {
    let (collected, clock) = (Collected(), StandingClock())
    let wide = Terminal(isTerminal: true, environment: ["LANG": "C.UTF-8"], width: 80)
    let progress = ProgressReporter(
      terminal: wide, isQuiet: false, output: collected.output, clock: clock.read)
    func line(_ step: String, _ done: Int64, of total: Int64?) -> String {
      let before = collected.text.count
      progress.update("gate", step: step, done: done, of: total)
      return String(collected.text.dropFirst(before))
    }
    #expect(line("lookups", 100, of: 25_000).hasSuffix("100 of 25000"))
    clock.move(milliseconds: 4_999)
    #expect(!line("lookups", 105, of: 25_000).contains("left"))
    clock.move(milliseconds: 55_001)
    #expect(line("lookups", 190, of: 25_000).contains("190 of 25000 (90/min, 4 h 36 min left)"))
    clock.move(milliseconds: 60_000)
    #expect(line("lookups", 24_900, of: 25_000).contains("24900 of 25000 (206/s, 1 s left)"))
    #expect(!line("refunds", 24_900, of: 25_000).contains("left"))
    clock.move(milliseconds: 10_000)
    #expect(line("refunds", 26_000, of: nil).contains("26000 (110/s)"))
  }

  @Test("quiet means silent, and a log line does not tear the progress lines")
  func quiet() {
    let collected = Collected()
    let progress = ProgressReporter(terminal: screen, isQuiet: true, output: collected.output)
    progress.update("a", step: "b", done: 1)
    progress.finish("a", step: "b", "c")
    progress.close()
    let output = collected.output
    #expect(collected.text.isEmpty)
    output.setRegion(["one", "two"])
    output.writeLine("log")
    #expect(collected.text == "one\ntwo\r\u{1B}[1A\u{1B}[Jlog\none\ntwo")
  }

  @Test("NO_COLOR takes colours away, TERM=dumb also the redrawing")
  func capabilities() {
    #expect(screen.usesColour)
    #expect(!Terminal(isTerminal: true, environment: ["NO_COLOR": "1"], width: nil).usesColour)
    #expect(Terminal(isTerminal: true, environment: ["NO_COLOR": ""], width: nil).usesColour)
    #expect(!Terminal(isTerminal: true, term: "dumb", width: nil).canRedraw)
    #expect(!cron.canRedraw && !cron.usesColour)
    #expect(Terminal(isTerminal: false, width: nil).width == 80)
  }

  @Test("a full device is an error of its own, a reader that left is none")
  func standardOutput() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let error = try #require(throws: Failure.self) { try StandardOutput.write([1], to: full) }
    #expect(error.status == .outputNotWritten)
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    #expect(throws: Never.self) { try StandardOutput.write([1, 2], to: ends[1]) }
    close(ends[1])
    StandardOutput.forgetReader()
    #expect(throws: Failure.self) { try StandardOutput.write([1], to: 9_999) }
  }
}

/// Any JSON value, to check that a text is one.
private struct AnyJSON: Decodable { init(from decoder: any Decoder) throws {} }
