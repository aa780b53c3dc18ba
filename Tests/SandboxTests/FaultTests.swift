import Foundation
import Testing

@Suite struct FaultTests {
  private let list = "/maxfi/v2/payments?limit=3"

  private func sandbox(_ faults: String..., paging: String = "cursor") throws -> SandboxProcess {
    try SandboxProcess(SavedFiles.all, ["--paging", "maxfi=\(paging)"] + faults.flatMap { ["--fault", $0] })
  }

  @Test(arguments: [
    ("http-500", 500), ("http-401", 401), ("http-404", 404), ("redirect", 302), ("redirect:code=307", 307),
    ("http-status:code=502", 502), ("html", 200), ("empty-body", 200), ("drop", 0),
  ])
  func answersInPlaceOfTheProviders(fault: String, status: Int) throws {
    let sandbox = try sandbox(fault)
    for _ in 1...2 {
      let answer = try sandbox.get(list)
      #expect(answer.status == status && answer.ids.isEmpty)
      if fault.hasPrefix("redirect") { #expect(answer.headers["location"] != nil) }
    }
  }

  @Test func temporaryFaultsPass() throws {
    let statuses: (SandboxProcess) throws -> [Int] = { sandbox in
      try (1...4).map { _ in try sandbox.get("/maxfi/v2/payments").status }
    }
    #expect(try statuses(sandbox("http-503-then-ok")) == [503, 503, 200, 200])
    #expect(try statuses(sandbox("http-503-then-ok:count=1")) == [503, 200, 200, 200])
    #expect(try statuses(sandbox("http-500:after=1,count=2")) == [200, 500, 500, 200])
    #expect(try statuses(sandbox("http-429-retry-after")) == [429, 200, 200, 200])
    #expect(try statuses(sandbox("http-401-after-page-2")) == [200, 200, 401, 401])
    #expect(try statuses(sandbox("http-500:provider=gate")) == [200, 200, 200, 200])
    #expect(try statuses(sandbox("http-500:match=pay_1")) == [200, 200, 200, 200])
  }

  @Test func retryAfterComesAsSecondsOrDate() throws {
    let seconds = try sandbox("http-429-retry-after:seconds=7").get(list)
    #expect(seconds.headers["retry-after"] == "7")
    let date = try #require(try sandbox("http-429-date:seconds=60").get(list).headers["retry-after"])
    #expect(date.hasSuffix(" GMT") && date.contains(", "))
  }

  @Test func dapitSaysThatItFailed() throws {
    let sandbox = try sandbox("success-false")
    let answer = try sandbox.get("/dapit/gateway.php?action=list_transactions", "X-Gateway-Key: k")
    #expect(answer.status == 200 && answer.object["success"] as? Bool == false)
    #expect(try sandbox.get(list).ids.count == 3)
  }

  @Test func bodiesAreDamaged() throws {
    #expect(try sandbox("invalid-json").get(list).json == nil)
    #expect(try sandbox("bad-utf8").get(list).body.contains(0xFF))
    #expect(try sandbox("byte-order-mark").get(list).body.starts(with: [0xEF, 0xBB, 0xBF]))
    let nested = try sandbox("deep-json").get(list)
    #expect(nested.text.contains(String(repeating: "[", count: 100)) && nested.ids.count == 3)
    let huge = try sandbox("huge-body").get(list)
    #expect(huge.body.count > 17 << 20 && huge.isComplete)
    let zipped = try sandbox("gzip-encoding").get(list)
    #expect(zipped.headers["content-encoding"] == "gzip" && zipped.ids.count == 3)
  }

  @Test func answersBreakOffOrStop() throws {
    let cut = try sandbox("cut-body").get(list)
    #expect(cut.status == 200 && !cut.isComplete && !cut.body.isEmpty)
    #expect(try sandbox("cut-body:at=5").get(list).body.count == 5)
    // The client gives up after a second without a byte.
    let stalled = try sandbox("stall").get(list, wait: 1)
    #expect(stalled.status == 200 && !stalled.isComplete && !stalled.body.isEmpty)
    let begin = Date()
    #expect(try sandbox("slow:ms=300").get(list).ids.count == 3)
    #expect(Date().timeIntervalSince(begin) >= 0.3)
    #expect(try sandbox("trickle:ms=1").get("/maxfi/v2/health").isComplete)
  }

  @Test func pagesRepeatOrComeWhole() throws {
    let repeating = try sandbox("repeat-page")
    let first = try repeating.get(list)
    let cursor = try #require(first.object["next_cursor"] as? String)
    let second = try repeating.get(list + "&cursor=\(cursor)")
    #expect(first.ids == second.ids && second.object["has_more"] as? Bool == true)
    let ignoring = try sandbox("ignore-paging", paging: "none")
    #expect(try ignoring.get(list).body == ignoring.get(list + "&page=2").body)
    #expect(try ignoring.get(list).ids == SavedFiles.paymentIDs)
  }

  @Test func pagesLie() throws {
    let total = try sandbox("total-lies:by=-2", paging: "offset").get(list)
    #expect(total.object["total"] as? Int == 5)
    let clamped = try sandbox("clamp-limit:size=2", paging: "offset").get(list)
    #expect(clamped.ids.count == 2 && clamped.object["limit"] as? Int == 2)
    let claimed = try sandbox("clamp-limit:size=2,says=asked", paging: "offset").get(list)
    #expect(claimed.ids.count == 2 && claimed.object["limit"] as? Int == 3)
    let next = try sandbox("next-other-host", paging: "link").get(list).object["next"] as? String
    #expect(next?.hasPrefix("http://other-host.invalid/") == true)
    let endless = try sandbox("has-more-without-cursor").get("/maxfi/v2/payments")
    #expect(endless.object["has_more"] as? Bool == true && endless.object["next_cursor"] == nil)
  }

  @Test func listsMoveWhileTheyAreRead() throws {
    func ids(_ fault: String) throws -> [[String]] {
      let sandbox = try sandbox(fault, paging: "offset")
      return try [0, 3, 6].map { try sandbox.get("\(list)&offset=\($0)").ids }
    }
    // Each new row pushes one that was read already onto the next page.
    let grown = try ids("insert-while-walking")
    #expect(
      grown == [["pay_1", "pay_2", "pay_3"], ["pay_3", "pay_4", "pay_5"], ["pay_5", "pay_6", "pay_7"]])
    let shrunk = try ids("delete-while-walking:count=1")
    #expect(shrunk == [["pay_1", "pay_2", "pay_3"], ["pay_5", "pay_6", "pay_7"], []])
    #expect(try ids("reorder:count=1")[1] == ["pay_4", "pay_3", "pay_2"])
  }

  @Test func newRowsAreNewerAndHaveIDsOfTheirOwn() throws {
    let sandbox = try sandbox("insert-while-walking:count=1")
    _ = try sandbox.get(list)
    let rows = try #require(try sandbox.get("/maxfi/v2/payments").object["data"] as? [[String: Any]])
    #expect(rows.count == 8)
    #expect(rows[0]["id"] as? String == "pay_1-new1")
    #expect((rows[0]["created_at"] as? String ?? "") > "2026-03-31")
  }

  @Test func aCursorOutlivesItsRow() throws {
    let sandbox = try sandbox("delete-while-walking")
    let cursor = try #require(try sandbox.get("/maxfi/v2/payments?limit=1").object["next_cursor"] as? String)
    #expect(try sandbox.get(list + "&cursor=\(cursor)").ids == ["pay_2", "pay_3", "pay_4"])
  }

  @Test func aRefusedRequestUsesUpNoInsertion() throws {
    let sandbox = try sandbox("http-503-then-ok:count=1", "insert-while-walking:count=1")
    #expect(try sandbox.get(list).status == 503)
    #expect(try sandbox.get(list).ids == ["pay_1", "pay_2", "pay_3"])
    #expect(try sandbox.get(list).ids.first == "pay_1-new1")
    let faults = try sandbox.log().map { $0["faults"] as? [String] ?? [] }
    #expect(faults == [["http-503-then-ok"], ["insert-while-walking"], []])
  }
}
