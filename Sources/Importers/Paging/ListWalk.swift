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
    /// The total and the limit that the body names, hint or not.
    var namedTotal: Int?
    var namedLimit: Int?
    /// The body's bytes before masking: a second page that equals the first is told by these.
    var rawBytes: [UInt8]
  }

  static let walkLimit = 3
  static let pageLimit = 200_000
  /// Pages in a row without a new id after which a list is taken to repeat itself.
  static let staleLimit = 3

  /// What is known of the list before it is read.
  private let nature: WalkPass.Nature
  private var pass = WalkPass()
  /// The walk from the first page on that is under way or was the last.
  private(set) var walkNumber = 1
  private var isChecking = false
  private var pagesInAll = 0
  /// Ids of the walks before this one, pages read again for checking included.
  private var earlier: Set<RowKey> = []
  /// The newest row that earlier walks met on their way; rows beyond it came later.
  private var newestEarlier: Instant?

  /// What is said of a total that is negative, has a fraction, or is beyond all counting.
  static let noNumber = "the list names a total that is no number of records"

  /// The total the list names, for progress.
  var total: Int? { pass.firstTotal }

  /// Whether page 2 was page 1 again, which may be an earlier answer.
  var isInDoubt: Bool { pass.isInDoubt }

  /// Different rows that the latest walk met.
  var distinct: Int { pass.seen.count }

  /// `hintlessIsWhole`: a body without a hint is the whole list (Dapit `list_refunds`). `asked`: the rows a page that
  /// the request asks for.
  init(hintlessIsWhole: Bool = false, asked: Int? = nil) {
    nature = WalkPass.Nature(hintlessIsWhole: hintlessIsWhole, asked: asked)
  }

  /// The first request of every list.
  static let start = PagePosition.first

  /// Takes in a page that was read.
  mutating func receive(_ page: Page) -> Step {
    pagesInAll += 1
    if isChecking { return judge(firstPageAgain: page.rows) }
    switch pass.receive(page, nature, isRewalk: walkNumber > 1, earlier: earlier) {
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
    return pass.isInDoubt ? walkAgain(WalkPass.doubt) : judgeEnd()
  }

  private mutating func judgeEnd() -> Step {
    if pass.totalIsNoNumber { return .incomplete(Self.noNumber) }
    if let total = pass.firstTotal {
      if pass.totalFell { return walkAgain("the list's total fell while it was read") }
      guard pass.seen.count >= total else {
        return walkAgain("the list names a total of \(total) and holds \(pass.seen.count) different records")
      }
      return .complete
    }
    // A server that ignores paging shows one page for ever; a total that it names, or a limit that the page fills,
    // tells that this is not the list.
    if let cut = pass.signOfCutList { return .incomplete(cut) }
    if !pass.isWholeInOnePage, walkNumber > 1, pass.broughtOnlyNewer(than: newestEarlier) { return .complete }
    // A list that came in one piece had no gap to slip through.
    if pass.cameInOnePiece { return .complete }
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
    // The only page of a list shows all of it, unless it was the first of several and its rows moved on.
    let isAnother = pass.isWholeInOnePage && !original.isSubset(of: now)
    for key in again { pass.seen.insert(key) }
    guard cameUp || wentMissing || isSortedOtherwise || shrank || isAnother else { return .complete }
    return walkAgain("rows moved up while the list was read")
  }

  private mutating func walkAgain(_ reason: String) -> Step {
    guard walkNumber < Self.walkLimit else { return .incomplete("\(reason), in \(walkNumber) walks") }
    walkNumber += 1
    earlier.formUnion(pass.seen)
    newestEarlier = [newestEarlier, pass.newest].compactMap { $0 }.max()
    pass = WalkPass()
    return .ask(.first)
  }
}
