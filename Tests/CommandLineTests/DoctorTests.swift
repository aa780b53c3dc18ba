import Foundation
import ReconcileCore
import Testing

@testable import reconcile

@Suite("Doctor looks at everything and says what to do")
struct DoctorTests {
  private func failed(_ status: ReconcileCore.ExitStatus) -> DoctorFinding {
    .fail("x", Failure(status, "what \(status)", at: "there", remedy: "do this\nand that"))
  }

  @Test("the status is the largest of what failed, 0 when nothing did")
  func status() {
    var diagnosis = Diagnosis()
    diagnosis.add(.ok("a", "b"))
    diagnosis.add(.warn("a", "c", remedy: nil))
    #expect(diagnosis.status == .finished)
    for status in [ReconcileCore.ExitStatus.providerIncomplete, .configurationWrong, .inputMissing] {
      diagnosis.add(failed(status))
    }
    #expect(diagnosis.status == .configurationWrong)
  }

  @Test("each finding is a line, with where and what to do below it; quiet leaves out what is well")
  func text() {
    var diagnosis = Diagnosis()
    diagnosis.add(.ok("disk", "room\u{1B}"))
    diagnosis.add(failed(.usage))
    diagnosis.add(failed(.usage))
    let wrong = "fail  x     what usage\n            at there\n            do this\n            and that\n"
    #expect(
      DiagnosisText.text(diagnosis, isQuiet: false)
        == "ok    disk  room\\u{1B}\n" + wrong + "\n1 ok, 0 warn, 1 fail\n")
    #expect(!DiagnosisText.text(diagnosis, isQuiet: true).contains("disk"))
    #expect(DiagnosisText.json(diagnosis).rendered().contains("\"status\": 64"))
  }

  @Test("files, folders and secrets are all looked at, whatever fails first")
  func everything() throws {
    let folder = try ScratchFolder()
    try folder.write("orders/a.csv", "x")
    try folder.write("out", "a file")
    let key = try folder.write("key", "secret-value", mode: 0o644)
    let configuration = try load(
      """
      [reporting]
      output = "\(folder.path)/out"
      [orders]
      files = ["\(folder.path)/orders/*.csv", "\(folder.path)/none/*.csv", "\(folder.path)/missing.csv"]
      [events]
      files = ["\(folder.path)/orders/a.csv"]
      [providers.a]
      kind = "maxfi"
      base_url = "https://a.example"
      api_key_env = "A_KEY"
      webhook_secret_env = "A_SECRET"
      [providers.b]
      kind = "gate"
      base_url = "https://b.example"
      api_key_file = "\(key)"
      """)
    var diagnosis = Diagnosis()
    diagnosis.examine(configuration, now: SmallShop.now)
    let ready = diagnosis.examineSecrets(configuration, allowTest: false)
    #expect(ready.map(\.name) == ["b"])
    let told = diagnosis.findings.map { "\($0.level) \($0.topic): \($0.what)" }
    for words in [
      "ok orders: 1 file of", "warn orders: no file matches", "fail orders: the file cannot be read",
      "fail output: a file stands", "fail provider a: the API key of provider a is missing",
      "fail provider a: the webhook secret of provider a is missing", "ok provider b: the key is there",
      "warn provider b: the key file of provider b can be read by others",
    ] { #expect(told.contains { $0.hasPrefix(words) }, "\(words)") }
    #expect(told.count { $0.contains("webhook secret") } == 1)
    #expect(!DiagnosisText.text(diagnosis, isQuiet: false).contains("secret-value"))
    #expect(diagnosis.status == .configurationWrong)
  }

  @Test("a damaged warehouse and a missing folder are findings, not the end")
  func warehouse() throws {
    let shop = try SmallShop([("a", "2026-03-25", "EUR", 1_000)])
    var well = Diagnosis()
    well.examineWarehouse(shop.settings.warehousePath)
    #expect(well.status == .finished)
    var wrong = Diagnosis()
    wrong.examineWarehouse(try shop.folder.write("text.sqlite", "no database, but long enough to be read"))
    wrong.examineWarehouse(shop.folder.path + "/none/w.sqlite")
    #expect(wrong.count(.fail) == 2)
    #expect(wrong.status == .warehouseFailed)
  }
}
