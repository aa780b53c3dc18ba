import ReconcileCore
import Testing

@testable import Importers

/// A list that pages are cut from, and a walk over it.
private struct Walker {
  var walk: ListWalk
  var asked: [PagePosition] = []
  var read: Set<String> = []

  init(hintlessIsWhole: Bool = false, asked: Int? = nil) {
    walk = ListWalk(hintlessIsWhole: hintlessIsWhole, asked: asked)
  }

  /// Follows the walk; `answer` gives the page at a position, nil for 404.
  mutating func follow(_ answer: (PagePosition, Int) -> ListWalk.Page?) -> ListWalk.Step {
    var position = ListWalk.start
    while asked.count < 1_000 {
      asked.append(position)
      let step: ListWalk.Step
      if let page = answer(position, asked.count) {
        read.formUnion(page.rows.map(\.identity))
        step = walk.receive(page)
      } else {
        step = walk.receiveNotFound() ?? .incomplete("404")
      }
      guard case .ask(let next) = step else { return step }
      position = next
    }
    return .incomplete("endless")
  }
}

private func page(_ rows: [String], _ hint: PageHint = .none, times: [String: Int64] = [:]) -> ListWalk.Page {
  ListWalk.Page(
    rows: rows.map { id in WalkRow(identity: id, createdAt: times[id].map { Instant(seconds: $0) }) },
    hint: hint, rawBytes: Array("\(rows)\(hint)".utf8))
}

private func offsetPage(_ all: [String], from offset: Int, limit: Int, total: Int? = nil) -> ListWalk.Page {
  page(
    Array(all.dropFirst(offset).prefix(limit)),
    .offset(total: total ?? all.count, offset: offset, limit: limit))
}

private func numberedPage(_ all: [String], _ position: PagePosition, size: Int, times: [String: Int64] = [:])
  -> ListWalk.Page
{
  let number = if case .page(let number) = position { number } else { 1 }
  return page(Array(all.dropFirst((number - 1) * size).prefix(size)), times: times)
}

private func isIncomplete(_ step: ListWalk.Step) -> Bool {
  if case .incomplete = step { true } else { false }
}

@Suite("A list is walked to its end")
struct WalkEndTests {
  @Test("a null next link ends the list, and one page needs no second look")
  func nullLink() {
    var walker = Walker()
    #expect(walker.follow { _, _ in page(["a"], .link(nil)) } == .complete)
    #expect(walker.asked == [.first])
  }

  @Test("next links are followed, then the first page is read again")
  func links() {
    var walker = Walker()
    let step = walker.follow { position, _ in
      position == .first ? page(["a"], .link("?p=2")) : page(["b"], .link(nil))
    }
    #expect(step == .complete)
    #expect(walker.asked == [.first, .link("?p=2"), .first])
  }

  @Test("a cursor is sent as cursor, a missing one as the last id")
  func cursors() {
    var walker = Walker()
    let step = walker.follow { position, _ in
      switch position {
      case .first: page(["a"], .cursor(more: true, cursor: "c", lastID: "a"))
      case .cursor("c"): page(["b"], .cursor(more: true, cursor: nil, lastID: "b"))
      default: page(["d"], .cursor(more: false, cursor: nil, lastID: "d"))
      }
    }
    #expect(step == .complete)
    #expect(walker.asked == [.first, .cursor("c"), .startingAfter("b"), .first])
  }

  @Test("more without a cursor or a last id ends the walk incomplete, once")
  func cursorMissing() {
    var walker = Walker()
    #expect(isIncomplete(walker.follow { _, _ in page([], .cursor(more: true, cursor: nil, lastID: nil)) }))
    #expect(walker.asked.count == 1)
  }

  @Test("numbered pages end at the last")
  func pages() {
    var walker = Walker()
    let step = walker.follow { position, _ in
      let number = if case .page(let number) = position { number } else { 1 }
      return page(["r\(number)"], .pages(page: number, of: 3))
    }
    #expect(step == .complete)
    #expect(walker.asked == [.first, .page(2), .page(3), .first])
  }

  @Test("a list without hints ends at an empty page or a 404", arguments: [true, false])
  func hintless(endsWithNotFound: Bool) {
    var walker = Walker()
    let step = walker.follow { position, _ in
      let page = numberedPage(["a", "b", "c"], position, size: 2)
      return page.rows.isEmpty && endsWithNotFound ? nil : page
    }
    #expect(step == .complete)
    #expect(walker.asked == [.first, .page(2), .page(3), .first])
    #expect(walker.read == ["a", "b", "c"])
  }

  @Test("a list without hints whose first page is empty is empty")
  func empty() {
    var walker = Walker()
    #expect(walker.follow { _, _ in page([]) } == .complete)
    #expect(walker.asked.count == 1)
  }

  @Test("a 404 is an end only for a list without hints, and never on its first page")
  func notFound() {
    var first = Walker()
    #expect(isIncomplete(first.follow { _, _ in nil }))
    var counted = Walker()
    #expect(
      isIncomplete(counted.follow { $0 == .first && $1 == 1 ? page(["a"], .pages(page: 1, of: 2)) : nil }))
  }

  @Test("a list that ignores paging is not whole when it names a larger total")
  func ignoredPaging() {
    var walk = ListWalk()
    var first = page(["a", "b"])
    first.namedTotal = 2
    #expect(walk.receive(first) == .ask(.page(2)))
    #expect(walk.receive(first) == .ask(.page(3)))
    #expect(walk.receive(first) == .ask(.first))
    #expect(walk.receive(first) == .complete)
    walk = ListWalk()
    first.namedTotal = 80
    for next in [2, 3] { #expect(walk.receive(first) == .ask(.page(next))) }
    #expect(isIncomplete(walk.receive(first)))
  }

  @Test("a second page that equals the first byte for byte makes the first the whole list")
  func sameSecondPage() {
    var walker = Walker()
    #expect(walker.follow { _, _ in page(["a", "b"]) } == .complete)
    // Page 1 may have been cut: a third page and the first one again tell.
    #expect(walker.asked == [.first, .page(2), .page(3), .first])
    var uncut = Walker(asked: 1)
    #expect(uncut.follow { _, _ in page(["a", "b"]) } == .complete)
    #expect(uncut.asked == [.first, .page(2)])
  }

  @Test("the refund list of Dapit is whole when it has no hint")
  func wholeList() {
    var walker = Walker(hintlessIsWhole: true)
    #expect(walker.follow { _, _ in page(["a", "b"]) } == .complete)
    #expect(walker.asked == [.first])
  }

  @Test("with a total the walk advances by the rows received, whatever the limit says")
  func rowsReceived() {
    let all = (0..<7).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, _ in
      let offset = if case .offset(let rows) = position { rows } else { 0 }
      return page(Array(all.dropFirst(offset).prefix(3)), .offset(total: 7, offset: offset, limit: 200))
    }
    #expect(step == .complete)
    #expect(walker.asked == [.first, .offset(3), .offset(6)])
    #expect(walker.read == Set(all))
  }

  @Test("a full page that reaches the total is followed by one more request")
  func fullLastPage() {
    let all = (0..<4).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, _ in
      let offset = if case .offset(let rows) = position { rows } else { 0 }
      return offsetPage(all, from: offset, limit: 2)
    }
    #expect(step == .complete)
    #expect(walker.asked == [.first, .offset(2), .offset(4)])
  }

  @Test("a page that repeats for ever ends the walk, after a bounded number of requests")
  func repeats() {
    var walker = Walker()
    #expect(
      isIncomplete(walker.follow { _, _ in page(["a"], .cursor(more: true, cursor: "c", lastID: "a")) }))
    #expect(walker.asked.count <= 12)
    var empty = Walker()
    #expect(isIncomplete(empty.follow { _, _ in page([], .link("?again")) }))
    #expect(empty.asked.count <= 12)
  }

  @Test("ids that only Unicode calls equal are two")
  func bytes() {
    var walker = Walker()
    let step = walker.follow { _, _ in page(["\u{e9}", "e\u{301}"], .offset(total: 2, offset: 0, limit: 10)) }
    #expect(step == .complete)
  }
}

@Suite("Lists move while they are read")
struct WalkMoveTests {
  @Test("a row that moved up to the first page makes the walk begin again, and nothing is missed")
  func deletion() {
    var all = (0..<6).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, count in
      if count == 2 { all.removeFirst() }
      return numberedPage(all, position, size: 2)
    }
    #expect(step == .complete)
    #expect(walker.read.isSuperset(of: (0..<6).map { "r\($0)" }))
    #expect(walker.asked.filter { $0 == .first }.count >= 3)
  }

  @Test("new rows on top are no sign of a miss")
  func arrivals() {
    var all = (0..<6).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, count in
      if count == 2 { all.insert("new", at: 0) }
      return numberedPage(all, position, size: 2)
    }
    #expect(step == .complete)
    #expect(walker.asked.filter { $0 == .first }.count == 2)
    #expect(walker.read.isSuperset(of: (0..<6).map { "r\($0)" }))
  }

  @Test("rows that come all the time leave the list complete")
  func steadyArrivals() {
    var all = (0..<20).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, count in
      all.insert("new\(count)", at: 0)
      return numberedPage(all, position, size: 3)
    }
    #expect(step == .complete)
    #expect(walker.read.isSuperset(of: (0..<20).map { "r\($0)" }))
  }

  @Test("a row of the first page that vanished before one still there is a sign")
  func vanished() {
    var walker = Walker()
    var all = ["a", "b", "c"]
    let step = walker.follow { position, count in
      if count == 4 { all = ["b", "x", "c"] }
      return numberedPage(all, position, size: 2)
    }
    #expect(step == .complete)
    #expect(walker.asked.filter { $0 == .first }.count >= 3)
  }

  @Test("a second walk that brings only newer rows completes the list without a third")
  func onlyNewer() {
    var times: [String: Int64] = [:]
    var all = (0..<6).map { "r\($0)" }
    for (index, id) in all.enumerated() { times[id] = 100 - Int64(index) }
    var walks = 1
    var walker = Walker()
    let step = walker.follow { position, count in
      if position == .first, count > 1 {
        all.removeFirst()
        all.insert("new\(count)", at: 0)
        if walks == 1 { all.remove(at: 0) }
        walks += 1
        times["new\(count)"] = 200 + Int64(count)
      }
      return numberedPage(all, position, size: 2, times: times)
    }
    #expect(step == .complete)
    #expect(walker.asked.filter { $0 == .first }.count == 3)
  }

  @Test("a list that will not hold still is incomplete after three walks")
  func restless() {
    var all = (0..<40).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, _ in
      all.removeFirst()
      all.append("x\(all.count)\(all[0])")
      return numberedPage(all, position, size: 8)
    }
    #expect(isIncomplete(step))
    #expect(walker.asked.filter { $0 == .first }.count == 6)
  }

  @Test("a total that fell makes the walk begin again")
  func totalFell() {
    var all = (0..<6).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, count in
      if count == 2 { all.remove(at: 0) }
      let offset = if case .offset(let rows) = position { rows } else { 0 }
      return offsetPage(all, from: offset, limit: 2)
    }
    #expect(step == .complete)
    #expect(walker.asked.filter { $0 == .first }.count == 2)
    #expect(walker.read.isSuperset(of: (0..<6).map { "r\($0)" }))
  }

  @Test("a deletion hidden by an arrival is found by counting ids")
  func hiddenDeletion() {
    var all = (0..<6).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, count in
      if count == 2 {
        all.removeFirst()
        all.append("late")
      }
      if count == 3 { all.removeLast() }
      if count == 3 { all.insert("new", at: 0) }
      let offset = if case .offset(let rows) = position { rows } else { 0 }
      return offsetPage(all, from: offset, limit: 2, total: 6)
    }
    #expect(step == .complete)
    #expect(walker.read.isSuperset(of: (1..<6).map { "r\($0)" }))
  }

  @Test("a total that grows with new rows on top leaves the list complete in one walk")
  func growingTotal() {
    var all = (0..<6).map { "r\($0)" }
    var walker = Walker()
    let step = walker.follow { position, count in
      if count > 1, count < 4 { all.insert("new\(count)", at: 0) }
      let offset = if case .offset(let rows) = position { rows } else { 0 }
      return offsetPage(all, from: offset, limit: 2)
    }
    #expect(step == .complete)
    #expect(walker.asked.filter { $0 == .first }.count == 1)
  }

  @Test("a total that no page ever reaches is incomplete after three walks")
  func overstatedTotal() {
    var walker = Walker()
    let step = walker.follow { position, _ in
      let offset = if case .offset(let rows) = position { rows } else { 0 }
      return offsetPage(["a", "b"], from: offset, limit: 2, total: 9)
    }
    #expect(isIncomplete(step))
    #expect(walker.asked == [.first, .offset(2), .first, .offset(2), .first, .offset(2)])
  }
}
