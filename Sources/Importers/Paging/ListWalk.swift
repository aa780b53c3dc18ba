import ReconcileCore

/// Decides, page by page, what to ask for next and whether a list was read completely. Pure: it sees pages and
/// answers with steps, so that every rule is tested without a network.
///
/// Lists move while they are read. A walk is therefore checked at its end, and made again, three times at most,
/// when rows may have slipped past it.
struct ListWalk {
  /// What to do next.
  enum Step: Equatable {
    case ask(PagePosition)
    case complete
    /// Not everything was read; the reason is for the operator.
    case incomplete(String)
  }

  /// One page as it was received.
  struct Page {
    var rows: [WalkRow]
    var hint: PageHint
    /// The total that the body names, hint or not.
    var namedTotal: Int?
    /// The body's bytes before masking: a second page that equals the first is told by these.
    var rawBytes: [UInt8]
  }

  static let walkLimit = 3
  static let pageLimit = 200_000
  /// Pages in a row without a new id after which a list is taken to repeat itself.
  static let staleLimit = 3

  /// A list that is whole when its body has no hint (Dapit `list_refunds`).
  private let hintlessIsWhole: Bool
  private var pass = Pass()
  /// The walk from the first page on that is under way or was the last.
  private(set) var walkNumber = 1
  private var isChecking = false
  private var pagesInAll = 0
  /// Ids of the walks before this one, pages read again for checking included.
  private var earlier: Set<RowKey> = []
  /// The newest row that earlier walks met on their way; rows beyond it came later.
  private var newestEarlier: Instant?

  /// The total the list names, for progress.
  var total: Int? { pass.firstTotal }

  /// Different rows that the latest walk met.
  var distinct: Int { pass.seen.count }

  init(hintlessIsWhole: Bool = false) { self.hintlessIsWhole = hintlessIsWhole }

  /// The first request of every list.
  static let start = PagePosition.first

  /// Takes in a page that was read.
  mutating func receive(_ page: Page) -> Step {
    pagesInAll += 1
    if isChecking { return judge(firstPageAgain: page.rows) }
    switch pass.receive(page, hintlessIsWhole: hintlessIsWhole, isRewalk: walkNumber > 1, earlier: earlier) {
    case .next(let position):
      guard pagesInAll < Self.pageLimit else {
        return .incomplete("the list has more pages than can be read")
      }
      return .ask(position)
    case .end: return judgeEnd()
    case .broken(let reason): return .incomplete(reason)
    case .moved(let reason): return walkAgain(reason)
    }
  }

  /// Takes in a 404. A list without hints ends there; nil where a 404 is a failure like any other.
  mutating func receiveNotFound() -> Step? {
    guard !isChecking, pass.isNumbered else { return nil }
    return judgeEnd()
  }

  private mutating func judgeEnd() -> Step {
    if let total = pass.firstTotal {
      if pass.totalFell { return walkAgain("the list's total fell while it was read") }
      guard pass.seen.count >= total else {
        return walkAgain("the list names a total of \(total) and holds \(pass.seen.count) different records")
      }
      return .complete
    }
    // A server that ignores paging shows one page for ever; a total that it names tells that this is not the list.
    if pass.isWholeInOnePage, let named = pass.namedTotal, pass.seen.count < named {
      return .incomplete(
        "the list names a total of \(named), and only its first \(pass.seen.count) records can be had")
    }
    if walkNumber > 1, pass.broughtOnlyNewer(than: newestEarlier) { return .complete }
    // A list that came in one piece, or whose second page was its first, had no gap to slip through.
    if pass.pages <= 1 && !pass.isNumbered || pass.isWholeInOnePage { return .complete }
    isChecking = true
    return .ask(.first)
  }

  /// Rows have moved up when one that stood on a later page is on the first now, or when a row of the first page
  /// is gone although one that stood behind it is still there. New rows on top push rows down, which loses none;
  /// rows that were not met and are older than others that were are not new: the list is sorted otherwise now.
  private mutating func judge(firstPageAgain rows: [WalkRow]) -> Step {
    isChecking = false
    let again = rows.map { RowKey($0.identity) }
    let now = Set(again)
    let original = Set(pass.firstPage)
    let cameUp = again.contains { !original.contains($0) && pass.seen.contains($0) }
    var wentMissing = false
    var goneBefore = false
    for key in pass.firstPage {
      if !now.contains(key) { goneBefore = true } else if goneBefore { wentMissing = true }
    }
    let isSortedOtherwise = rows.contains { row in
      guard let created = row.createdAt, let newest = pass.newest else { return false }
      return created < newest && !pass.seen.contains(RowKey(row.identity))
    }
    let shrank = !original.isEmpty && original.isDisjoint(with: now) && now.count < original.count
    for key in again { pass.seen.insert(key) }
    guard cameUp || wentMissing || isSortedOtherwise || shrank else { return .complete }
    return walkAgain("rows moved up while the list was read")
  }

  private mutating func walkAgain(_ reason: String) -> Step {
    guard walkNumber < Self.walkLimit else { return .incomplete("\(reason), in \(walkNumber) walks") }
    walkNumber += 1
    earlier.formUnion(pass.seen)
    newestEarlier = [newestEarlier, pass.newest].compactMap { $0 }.max()
    pass = Pass()
    return .ask(.first)
  }
}

/// One walk from the first page to the end.
private struct Pass {
  enum Turn {
    case next(PagePosition)
    case end
    /// The list cannot be followed; another walk would not help.
    case broken(String)
    /// The list moved under the walk.
    case moved(String)
  }

  private(set) var pages = 0
  private(set) var firstPage: [RowKey] = []
  var seen: Set<RowKey> = []
  private(set) var newest: Instant?
  private(set) var firstTotal: Int?
  /// The largest total that a page named.
  private(set) var namedTotal: Int?
  private(set) var totalFell = false
  /// Whether the last request was made by number because there was no hint.
  private(set) var isNumbered = false
  private(set) var isWholeInOnePage = false

  private var rowsReceived = 0
  private var stalePages = 0
  private var lastTotal: Int?
  private var firstBytes: [UInt8]?
  /// Rows that earlier walks did not meet, with their times.
  private var unmet: [Instant?] = []

  mutating func receive(
    _ page: ListWalk.Page, hintlessIsWhole: Bool, isRewalk: Bool, earlier: Set<RowKey>
  ) -> Turn {
    pages += 1
    if case .none = page.hint, let named = page.namedTotal { namedTotal = max(namedTotal ?? 0, named) }
    let askedByNumber = isNumbered
    isNumbered = false
    if pages == 2, askedByNumber, let firstBytes, firstBytes == page.rawBytes {
      isWholeInOnePage = true
      return .end
    }
    firstBytes = nil
    let before = seen.count
    for row in page.rows {
      let key = RowKey(row.identity)
      let isNew = seen.insert(key).inserted
      if pages == 1, isNew { firstPage.append(key) }
      if isNew, isRewalk, !earlier.contains(key) { unmet.append(row.createdAt) }
      if let created = row.createdAt, created > newest ?? created.advanced(bySeconds: -1) { newest = created }
    }
    rowsReceived += page.rows.count
    stalePages = seen.count > before ? 0 : stalePages + 1

    let turn = turn(after: page, hintlessIsWhole: hintlessIsWhole)
    if case .next = turn, stalePages >= ListWalk.staleLimit {
      return .moved("\(stalePages) pages in a row brought no new record")
    }
    return turn
  }

  private mutating func turn(after page: ListWalk.Page, hintlessIsWhole: Bool) -> Turn {
    switch page.hint {
    case .link(nil): return .end
    case .link(let link?): return .next(.link(link))
    case .cursor(more: false, _, _): return .end
    case .cursor(more: true, let cursor?, _) where !cursor.isEmpty: return .next(.cursor(cursor))
    case .cursor(more: true, _, let last?) where !last.isEmpty: return .next(.startingAfter(last))
    case .cursor: return .broken("the list says that there is more and names neither a cursor nor a last id")
    case .pages(let number, let count): return number < count ? .next(.page(number + 1)) : .end
    case .offset(let total, _, let limit):
      if firstTotal == nil { firstTotal = total }
      if let lastTotal, total < lastTotal { totalFell = true }
      lastTotal = total
      if page.rows.isEmpty || (rowsReceived >= total && page.rows.count < limit) { return .end }
      return .next(.offset(rowsReceived))
    case .none:
      if page.rows.isEmpty || (pages == 1 && hintlessIsWhole) { return .end }
      if pages == 1 { firstBytes = page.rawBytes }
      isNumbered = true
      return .next(.page(pages + 1))
    }
  }

  /// Whether every row that earlier walks did not meet is younger than all they met.
  func broughtOnlyNewer(than newestEarlier: Instant?) -> Bool {
    unmet.allSatisfy { created in
      guard let created, let newestEarlier else { return false }
      return created > newestEarlier
    }
  }
}
