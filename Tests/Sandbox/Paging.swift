/// How a list is cut into pages and how a page says that there are more.
enum PagingStyle: String, CaseIterable, Sendable {
  /// `has_more` and `next_cursor`.
  case cursor
  /// `has_more` alone; the reader sends the last id as `starting_after`.
  case startingAfter = "starting_after"
  /// `page` and `total_pages`.
  case pages
  /// `total`, `limit` and `offset`.
  case offset
  /// `next`, the address of the next page, null at the end.
  case link
  /// An object without any hint; the reader asks for `page` 2, 3, …
  case none
  /// An array and nothing around it; the reader asks for `page` 2, 3, …
  case bare
  /// Everything in one body, whatever is asked for; without a hint.
  case whole
}

/// What faults do to a page.
struct PageFaults {
  var repeatsPage = false
  var ignoresPaging = false
  /// The first two pages for ever, in turn.
  var cyclesPages = false
  /// A page without rows that says how to go on.
  var isEmpty = false
  /// `total`, `limit` and `offset` are texts.
  var totalIsText = false
  /// Added to the true `total`.
  var totalIsOffBy = 0
  /// JSON in place of the `total`; `none` leaves it away.
  var total: String?
  /// Rows a page, however many are asked for.
  var clamp: Int?
  /// The body names the limit that was asked for although the page is shorter.
  var claimsAskedLimit = false
  /// `next` points to this origin, and to this path.
  var nextOrigin: String?
  var nextPath: String?
  /// `has_more` is always true and never comes with a cursor.
  var withoutCursor = false
}

/// Why no page can be served.
enum PageRefusal: Error { case badParameter(String), pastTheEnd }

/// Makes one page of a list.
struct PageMaker {
  var style: PagingStyle
  /// Rows a page, as asked for and within what the provider allows.
  var limit: Int
  var view: RowView
  var parameters: [(name: String, value: String)]
  var faults: PageFaults
  /// The member that holds the rows, and what stands before it.
  var listMember: String
  var preamble: String
  /// Origin and path of the list, for links.
  var address: String
  var refusesPastTheEnd: Bool
  /// How many rows stand before the end of the page that was made.
  private(set) var end = 0

  mutating func body() throws(PageRefusal) -> [UInt8] {
    let count = view.rows.count
    let isWhole = style == .whole || faults.ignoresPaging
    let size = isWhole ? max(count, 1) : max(1, min(limit, faults.clamp ?? limit))
    let page = try number("page", least: 1) ?? 1
    let asked = isWhole ? 0 : try start(size: size, page: page)
    if !isWhole, refusesPastTheEnd, page > 1, asked >= count, [.pages, .link, .none, .bare].contains(style) {
      throw .pastTheEnd
    }
    let first = faults.repeatsPage ? 0 : faults.cyclesPages ? asked / size % 2 * size : min(asked, count)
    end = faults.isEmpty ? first : min(first + size, count)
    let rows = view.rows[min(first, end)..<end]
    let hints = hints(
      page: isWhole ? 1 : page, offset: asked, size: size, last: rows.last ?? view.row(before: first),
      more: faults.repeatsPage || faults.cyclesPages || end < count)

    var out: [UInt8] = []
    let isBare = style == .bare || (style == .whole && listMember == "results")
    out += Array((isBare ? "[" : "{\(preamble)\"\(listMember)\":[").utf8)
    for (place, row) in rows.enumerated() {
      if place > 0 { out.append(UInt8(ascii: ",")) }
      out += row.bytes
    }
    out += Array((isBare ? "]" : "]\(hints)}").utf8)
    return out
  }

  private func start(size: Int, page: Int) throws(PageRefusal) -> Int {
    switch style {
    case .cursor, .startingAfter:
      if let cursor = value("cursor"), style == .cursor {
        guard cursor.hasPrefix("c"), let sequence = Int(cursor.dropFirst()),
          let place = view.place(afterSequence: sequence)
        else { throw .badParameter("cursor") }
        return place
      }
      guard let id = value("starting_after") else { return 0 }
      guard let place = view.place(afterID: id) else { throw .badParameter("starting_after") }
      return place
    case .offset: return try number("offset", least: 0) ?? 0
    case .pages, .link, .none, .bare: return (page - 1).multipliedReportingOverflow(by: size).partialValue
    case .whole: return 0
    }
  }

  /// The members behind the rows, each with a comma before it.
  private func hints(page: Int, offset: Int, size: Int, last: Row?, more: Bool) -> String {
    if faults.nextOrigin != nil || faults.nextPath != nil {
      let link = (faults.nextOrigin ?? "") + (faults.nextPath ?? "/v2/payments") + "?page=2"
      return ",\"next\":\(jsonString(link))"
    }
    let total = view.rows.count + faults.totalIsOffBy
    switch style {
    case .cursor:
      if faults.withoutCursor { return ",\"has_more\":true" }
      let cursor = more ? last.map { jsonString("c\($0.sequence)") } : nil
      return ",\"has_more\":\(more),\"next_cursor\":\(cursor ?? "null")"
    case .startingAfter: return ",\"has_more\":\(more || faults.withoutCursor)"
    case .pages:
      let pages = max(1, (total + size - 1) / size)
      let isEndless = faults.repeatsPage || faults.cyclesPages
      return ",\"page\":\(page),\"total_pages\":\(isEndless ? page + 1 : pages)"
    case .offset:
      let named = faults.claimsAskedLimit ? limit : size
      let mark = faults.totalIsText ? "\"" : ""
      let written = faults.total.map { $0 == "none" ? "" : ",\"total\":\($0)" }
      return (written ?? ",\"total\":\(mark)\(total)\(mark)")
        + ",\"limit\":\(mark)\(named)\(mark),\"offset\":\(mark)\(offset)\(mark)"
    case .link:
      let count = listMember == "results" ? ",\"count\":\(total)" : ""
      return "\(count),\"next\":\(more ? jsonString(link(page: page + 1)) : "null")"
    case .none, .bare, .whole: return ""
    }
  }

  private func link(page: Int) -> String {
    let kept = parameters.filter { $0.name != "page" && $0.name != "api_key" }
    let query = (kept + [("page", String(page))]).map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }
    return address + "?" + query.joined(separator: "&")
  }

  private func value(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

  private func number(_ name: String, least: Int) throws(PageRefusal) -> Int? {
    guard let text = value(name) else { return nil }
    guard let number = Int(text), number >= least else { throw .badParameter(name) }
    return number
  }
}
