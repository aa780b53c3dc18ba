import ReconcileCore

/// Whether a list that ends with the files ends where the provider says it does.
struct ListEnd {
  private var last: PageHint = .none
  private(set) var rows = 0
  /// Hashes of the ids, kept only once a total was announced: a large list would cost much memory otherwise.
  private var identities = Set<Int>()
  private var keepsIdentities: Bool?
  private(set) var largestTotal: Int?
  private var totalIsNoNumber = false
  private var pages = Set<Int>()
  private var pageCount = 0

  mutating func add(_ contents: BodyContents) {
    last = contents.next
    rows += contents.rows.count
    switch contents.next {
    case .offset(let total?, _, _): largestTotal = max(largestTotal ?? 0, total)
    case .offset(nil, _, _): totalIsNoNumber = true
    case .pages(let page, let count):
      pages.insert(page)
      pageCount = max(pageCount, count)
    default: break
    }
    if keepsIdentities == nil { keepsIdentities = largestTotal != nil }
    if keepsIdentities == true {
      for row in contents.rows { identities.insert(row.identity.hashValue) }
    }
  }

  /// Different rows; nil where they were not counted.
  var distinct: Int? { keepsIdentities == true ? identities.count : nil }

  /// Why the list is not whole; nil where nothing says so.
  var problem: String? {
    switch last {
    case .link(.some): return "the last body announces another page"
    case .cursor(true, _, _): return "the last body announces more"
    default: break
    }
    if pageCount > 0, let missing = (1...pageCount).first(where: { !pages.contains($0) }) {
      return "page \(missing) of \(pageCount) is missing"
    }
    if totalIsNoNumber { return ListWalk.noNumber }
    if let total = largestTotal {
      let held = keepsIdentities == true ? identities.count : rows
      if held < total { return "\(held) of \(total) records are there" }
    }
    return nil
  }
}
