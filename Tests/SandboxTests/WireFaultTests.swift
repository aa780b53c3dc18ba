import Foundation
import Testing

@Suite struct WireFaultTests {
  private let list = "/maxfi/v2/payments?limit=3"

  private func sandbox(_ faults: String..., paging: String = "cursor") throws -> SandboxProcess {
    try SandboxProcess(SavedFiles.all, ["--paging", "maxfi=\(paging)"] + faults.flatMap { ["--fault", $0] })
  }

  @Test func retryAfterCanSayAnything() throws {
    let answer = try sandbox("http-429:retry=soon").get(list)
    #expect(answer.status == 429 && answer.headers["retry-after"] == "soon")
    #expect(try sandbox("http-429").get(list).headers["retry-after"] == nil)
    let twice = try sandbox("http-429:retry=1|5")
    #expect(try twice.get(list).headers["retry-after"] == "5")
    #expect(try twice.get(list).status == 200)
  }

  @Test func aFaultCanStrikeEveryNthTime() throws {
    let sandbox = try sandbox("http-500:every=3,count=2")
    #expect(try (1...7).map { _ in try sandbox.get(list).status } == [500, 200, 200, 500, 200, 200, 200])
  }

  @Test func bodiesAreCutInEveryFraming() throws {
    let chunked = try sandbox("cut-chunked:at=20").get(list)
    #expect(chunked.headers["transfer-encoding"] == "chunked" && chunked.text.hasPrefix("14\r\n"))
    #expect(!chunked.text.hasSuffix("0\r\n\r\n"))
    let closed = try sandbox("cut-close:at=20").get(list)
    #expect(closed.headers["content-length"] == nil && closed.body.count == 20)
    #expect(try !sandbox("reset:at=20").get(list).isComplete)
  }

  @Test func bodiesAreFollowedByMoreOrAreSomethingElse() throws {
    #expect(try sandbox("trailing-bytes").get(list).json == nil)
    #expect(try sandbox("utf-16").get(list).body.starts(with: [0xFF, 0xFE, 0x7B, 0]))
    #expect(try sandbox("wrong-type").get(list).headers["content-type"] == "text/html")
    #expect(try sandbox("error-object").get(list).object["error"] != nil)
    let twice = try sandbox("double-answer").get(list).text
    #expect(twice.components(separatedBy: "HTTP/1.1 200").count == 2)
  }

  @Test func headsAreLongSlowOrComeLate() throws {
    #expect(try sandbox("huge-head:kib=64").get(list).headers["x-padding"]?.count == 64 << 10)
    #expect(try sandbox("many-headers:lines=500").get(list).headers.count > 500)
    #expect(try sandbox("informational").get(list).status == 100)
    #expect(try sandbox("trickle-head:ms=1").get(list).isComplete)
  }

  @Test func pagesGoRoundOrAreEmptyOnce() throws {
    let round = try sandbox("cycle-pages", paging: "pages")
    let pages = try (1...4).map { try round.get("\(list)&page=\($0)").ids }
    #expect(pages[0] == pages[2] && pages[1] == pages[3] && pages[0] != pages[1])
    let empty = try sandbox("empty-page:after=1")
    let cursor = try #require(try empty.get(list).object["next_cursor"] as? String)
    let hole = try empty.get("\(list)&cursor=\(cursor)")
    #expect(hole.ids.isEmpty && hole.object["next_cursor"] as? String == cursor)
    #expect(try empty.get("\(list)&cursor=\(cursor)").ids == ["pay_4", "pay_5", "pay_6"])
  }

  @Test func totalsCanBeTextsAndRowsCanMoveUp() throws {
    let texts = try sandbox("total-text", paging: "offset").get(list).object
    #expect(texts["total"] as? String == "7" && texts["offset"] as? String == "0")
    let moving = try sandbox("touch-while-walking:count=1")
    #expect(try moving.get(list).ids == ["pay_1", "pay_2", "pay_3"])
    #expect(try moving.get(list).ids == ["pay_7", "pay_1", "pay_2"])
  }
}
