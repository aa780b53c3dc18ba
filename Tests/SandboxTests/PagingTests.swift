import Testing

@Suite struct PagingTests {
  /// Reads a MAXFI list as a careful reader of this style would.
  private func walk(_ sandbox: SandboxProcess, _ style: String, limit: Int) throws -> [String] {
    var ids: [String] = []
    var target = "/maxfi/v2/payments?limit=\(limit)"
    for page in 1...20 {
      let answer = try sandbox.get(target)
      try #require(answer.status == 200)
      ids += answer.ids
      let body = answer.object
      let start = "/maxfi/v2/payments?limit=\(limit)"
      switch style {
      case "cursor":
        guard let cursor = body["next_cursor"] as? String else { return ids }
        target = "\(start)&cursor=\(cursor)"
      case "starting_after":
        guard body["has_more"] as? Bool == true, let last = ids.last else { return ids }
        target = "\(start)&starting_after=\(last)"
      case "pages":
        guard let pages = body["total_pages"] as? Int, page < pages else { return ids }
        target = "\(start)&page=\(page + 1)"
      case "offset":
        guard let total = body["total"] as? Int, ids.count < total else { return ids }
        target = "\(start)&offset=\(ids.count)"
      case "link":
        guard let next = body["next"] as? String else { return ids }
        let origin = "http://127.0.0.1:\(sandbox.port)"
        try #require(next.hasPrefix(origin))
        target = String(next.dropFirst(origin.count))
      case "whole": return ids
      default:
        if answer.ids.isEmpty { return ids }
        target = "\(start)&page=\(page + 1)"
      }
    }
    Issue.record("the list never ends")
    return ids
  }

  @Test(arguments: ["cursor", "starting_after", "pages", "offset", "link", "none", "bare", "whole"])
  func everyStyleGivesEveryRowOnce(style: String) throws {
    let sandbox = try SandboxProcess(SavedFiles.all, ["--paging", "maxfi=\(style)"])
    for limit in [1, 3, 7, 100] {
      #expect(try walk(sandbox, style, limit: limit) == SavedFiles.paymentIDs)
    }
  }

  @Test func rowsAreServedByteForByte() throws {
    let sandbox = try SandboxProcess()
    let text = try sandbox.get("/maxfi/v2/payments").text
    for row in SavedFiles.payments { #expect(text.contains(row)) }
  }

  @Test func thePageSizeOfTheServerLimitsWhatIsAskedFor() throws {
    let sandbox = try SandboxProcess(SavedFiles.all, ["--page-size", "2"])
    #expect(try sandbox.get("/maxfi/v2/payments?limit=5").ids.count == 2)
    let page = try sandbox.get("/dapit/gateway.php?action=list_transactions&limit=200", "X-Gateway-Key: k")
    #expect(page.object["limit"] as? Int == 2 && page.object["total"] as? Int == 5 && page.ids.count == 2)
  }

  @Test func aPagePastTheEndIsEmptyOr404() throws {
    let target = "/inflow/refunds/?page=9"
    let header = "Authorization: Api-Key k"
    #expect(try SandboxProcess().get(target, header).text == "[]")
    #expect(try SandboxProcess(SavedFiles.all, ["--past-end", "404"]).get(target, header).status == 404)
  }

  @Test func rowsThatStandInTwoSavedPagesAreServedOnce() throws {
    var files = SavedFiles.all
    files["maxfi/payments-3.json"] = "[{\"id\":\"pay_2\",\"amount\":5}]"
    let page = try SandboxProcess(files).get("/maxfi/v2/payments")
    #expect(page.ids == SavedFiles.paymentIDs)
    #expect(page.text.contains("{\"id\":\"pay_2\",\"amount\":5}"))
  }

  @Test func inflowHonoursTimesAndOrder() throws {
    let sandbox = try SandboxProcess()
    func ids(_ query: String) throws -> [String] {
      try sandbox.get("/inflow/refunds/?\(query)", "Authorization: Api-Key k").ids
    }
    #expect(try ids("") == ["RF3", "RF1", "RF4", "RF2"])
    #expect(try ids("ordering=created_at") == ["RF1", "RF2", "RF3", "RF4"])
    #expect(try ids("ordering=-created_at&page_size=3") == ["RF4", "RF3", "RF2"])
    #expect(try ids("ordering=created_at&created_at__gte=2026-03-02T12:00:00Z") == ["RF2", "RF3", "RF4"])
    #expect(try ids("ordering=created_at&created_at__lte=2026-03-02T13:00:00%2B01:00") == ["RF1", "RF2"])
  }
}
