import ReconcileCore

/// One walk over a list from the first page to the end.
struct WalkPass {
  enum Turn {
    case next(PagePosition)
    case end
    /// The list cannot be followed; another walk would not help.
    case broken(String)
    /// The list moved under the walk.
    case moved(String)
  }

  /// What is known of a list before it is read.
  struct Nature {
    var hintlessIsWhole: Bool
    /// Rows a page that the request asks for; nil where it does not say.
    var asked: Int?
  }

  private(set) var pages = 0
  private(set) var firstPage: [RowKey] = []
  var seen: Set<RowKey> = []
  private(set) var newest: Instant?
  private(set) var firstTotal: Int?
  /// The largest total that a page named.
  private(set) var namedTotal: Int?
  private(set) var totalFell = false
  /// Whether a page named a total that cannot be one: negative, with a fraction, or beyond all counting.
  private(set) var totalIsNoNumber = false
  /// Whether the last request was made by number because there was no hint.
  private(set) var isNumbered = false
  private(set) var isWholeInOnePage = false
  /// Whether page 2 was page 1 again although page 1 may have been cut.
  private(set) var isInDoubt = false
  static let doubt = "page 2 was page 1 again, and page 3 was not"

  private var rowsReceived = 0
  private var rowsOfFirstPage = 0
  private var limitOfFirstPage: Int?
  /// The number of the page that was asked for last.
  private var number = 1
  /// Whether that page is the first of a list that counts its pages, which may count from 0.
  private var wantsFirst = true
  /// Answers in a row that showed another page than was asked for.
  private var strays = 0
  /// Whether the page was asked for a second time, because its first answer held nothing new.
  private var isAskedAgain = false
  private var stalePages = 0
  private var lastTotal: Int?
  private var firstBytes: [UInt8]?
  /// Rows that earlier walks did not meet, with their times.
  private var unmet: [Instant?] = []

  mutating func receive(
    _ page: ListWalk.Page, _ nature: Nature, isRewalk: Bool, earlier: Set<RowKey>
  ) -> Turn {
    pages += 1
    if case .none = page.hint, let named = page.namedTotal { namedTotal = max(namedTotal ?? 0, named) }
    if pages == 1 {
      rowsOfFirstPage = page.rows.count
      limitOfFirstPage = page.namedLimit
    }
    let askedByNumber = isNumbered
    isNumbered = false
    if askedByNumber, let turn = compareWithFirst(page, nature) { return turn }
    let before = seen.count
    for row in page.rows {
      let key = RowKey(row.identity)
      let isNew = seen.insert(key).inserted
      if pages == 1, isNew { firstPage.append(key) }
      if isNew, isRewalk, !earlier.contains(key) { unmet.append(row.createdAt) }
      if let created = row.createdAt, created > newest ?? created.advanced(bySeconds: -1) { newest = created }
    }
    rowsReceived += page.rows.count
    stalePages = seen.count > before ? 0 : stalePages + (isAskedAgain ? 0 : 1)

    let turn = turn(after: page, nature)
    if case .next = turn, stalePages >= ListWalk.staleLimit {
      return .moved("\(stalePages) pages in a row brought no new record")
    }
    return turn
  }

  /// What a page says that was asked for by number and may be the first one again; nil where it is another one.
  ///
  /// A server that ignores `page` sends the first page for ever. But the second page is also the first again when as
  /// many new rows as a page holds came in between, and when something on the way sent an earlier answer. A page of
  /// more rows than were asked for was not cut; for any other the third page decides, and then the first one, read
  /// again.
  private mutating func compareWithFirst(_ page: ListWalk.Page, _ nature: Nature) -> Turn? {
    guard let firstBytes else { return nil }
    if firstBytes == page.rawBytes || isFirstGrown(page) {
      guard isInDoubt || rowsOfFirstPage > nature.asked ?? .max else {
        isInDoubt = true
        isNumbered = true
        number = 3
        return .next(.page(3))
      }
      isWholeInOnePage = true
      return .end
    }
    self.firstBytes = nil
    return isInDoubt ? .moved(Self.doubt) : nil
  }

  /// Whether the page holds all of the first one and more: pages that are cut have one size.
  private func isFirstGrown(_ page: ListWalk.Page) -> Bool {
    page.rows.count > rowsOfFirstPage && Set(page.rows.map { RowKey($0.identity) }).isSuperset(of: firstPage)
  }

  private mutating func turn(after page: ListWalk.Page, _ nature: Nature) -> Turn {
    switch page.hint {
    case .link(nil): return .end
    case .link(let link?): return .next(.link(link))
    case .cursor(more: false, _, _): return .end
    case .cursor(more: true, let cursor?, _) where !cursor.isEmpty: return .next(.cursor(cursor))
    case .cursor(more: true, _, let last?) where !last.isEmpty: return .next(.startingAfter(last))
    case .cursor: return .broken("the list says that there is more and names neither a cursor nor a last id")
    case .pages(let shown, let count): return turn(afterPage: shown, of: count)
    case .offset(let total, _, let limit):
      guard let total else {
        totalIsNoNumber = true
        return page.rows.isEmpty ? .end : .next(.offset(rowsReceived))
      }
      if firstTotal == nil { firstTotal = total }
      if let lastTotal, total < lastTotal { totalFell = true }
      lastTotal = total
      if page.rows.isEmpty || (rowsReceived >= total && page.rows.count < limit) { return .end }
      return .next(.offset(rowsReceived))
    case .none:
      if page.rows.isEmpty || (pages == 1 && nature.hintlessIsWhole) { return .end }
      if pages == 1 { firstBytes = page.rawBytes }
      isNumbered = true
      // A page without a new row may be an earlier answer: it is asked for once more before it counts as passed.
      isAskedAgain = stalePages > 0 && !isAskedAgain
      if !isAskedAgain { number += 1 }
      return .next(.page(number))
    }
  }

  /// Goes on after a page that names its number. Another number than was asked for belongs to an earlier request; its
  /// rows are rows of the list all the same.
  private mutating func turn(afterPage shown: Int, of count: Int) -> Turn {
    guard shown == number || (wantsFirst && shown == 0) else {
      strays += 1
      guard strays < ListWalk.staleLimit else {
        return .moved("page \(number) was asked for and page \(shown) came")
      }
      return .next(wantsFirst ? .first : .page(number))
    }
    strays = 0
    wantsFirst = false
    number = shown + 1
    return shown < count ? .next(.page(number)) : .end
  }

  /// Whether nothing can have slipped through between two pages.
  var cameInOnePiece: Bool {
    isWholeInOnePage ? !isInDoubt : pages <= 1 && !isNumbered
  }

  /// Why the one page that a server shows for ever is not its whole list; nil where nothing says so.
  var signOfCutList: String? {
    guard isWholeInOnePage else { return nil }
    if let namedTotal, seen.count < namedTotal {
      return "the list names a total of \(namedTotal), and only its first \(seen.count) records can be had"
    }
    if let limitOfFirstPage, rowsOfFirstPage == limitOfFirstPage {
      return "the list shows one page for ever, and its limit of \(limitOfFirstPage) records fills it"
    }
    return nil
  }

  /// Whether every row that earlier walks did not meet is younger than all they met.
  func broughtOnlyNewer(than newestEarlier: Instant?) -> Bool {
    unmet.allSatisfy { created in
      guard let created, let newestEarlier else { return false }
      return created > newestEarlier
    }
  }
}
