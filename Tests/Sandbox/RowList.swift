/// Which rows a request asks for, and in which order.
struct RowQuery: Hashable {
  var ordering: String?
  var createdFrom: String?
  var createdTo: String?
}

/// A list as the provider holds it, and what may happen to it while somebody reads it.
struct RowList {
  private(set) var rows: [Row] = []
  private var nextSequence = 0
  private var inserted = 0
  private var views: [RowQuery: RowView] = [:]
  private let idMembers: [String]

  /// Rows that stand in the saved pages more than once (the list moved when they were saved) are served
  /// once: the version with the later `updated_at`, else the one that was read last.
  init(_ saved: [[UInt8]], idMembers: [String]) {
    self.idMembers = idMembers
    var places: [String: Int] = [:]
    for bytes in saved {
      var row = Row(bytes: bytes, id: nil, sequence: nextSequence)
      row.id = row.text(idMembers)
      if let id = row.id, let place = places[id] {
        if (row.text(["updated_at"]) ?? "") >= (rows[place].text(["updated_at"]) ?? "") {
          rows[place].bytes = bytes
        }
        continue
      }
      if let id = row.id { places[id] = rows.count }
      rows.append(row)
      nextSequence += 1
    }
  }

  /// The rows in the order asked for; kept until the list changes, so that long walks stay quick.
  mutating func view(_ query: RowQuery) -> RowView {
    if let known = views[query] { return known }
    var indices = Array(rows.indices)
    if let from = query.createdFrom.flatMap({ Moment($0) }) {
      indices.removeAll { index in created(index).map { $0 < from } ?? true }
    }
    if let to = query.createdTo.flatMap({ Moment($0) }) {
      indices.removeAll { index in created(index).map { $0 > to } ?? true }
    }
    if let ordering = query.ordering, !ordering.isEmpty { indices = sorted(indices, by: ordering) }
    let view = RowView(rows: rows, order: indices)
    views[query] = view
    return view
  }

  /// By way of the view, whose places are indexed: look-ups of a whole year come one by one.
  mutating func row(id: String) -> Row? {
    let view = view(RowQuery())
    guard let place = view.place(afterID: id), place > 0, view.rows[place - 1].id == id else { return nil }
    return view.rows[place - 1]
  }

  /// A new record appears at the head: a copy of the first one with an id, an order and times of its own.
  mutating func insertAtHead(daysOld: Int = 0) {
    guard let model = rows.first(where: { !$0.isGone && $0.id != nil }), let id = model.id else { return }
    inserted += 1
    let now = Moment(seconds: Moment.now().seconds - Int64(daysOld) * 86_400)
    var values: [String: String] = [:]
    for name in idMembers where model.text([name]) == id {
      // A provider that numbers its records goes on with numbers; far away from those in use.
      let isNumber = model.slice(name)?.first != UInt8(ascii: "\"")
      values[name] = isNumber ? String(900_000_000 + inserted) : jsonString("\(id)-new\(inserted)")
    }
    for name in ["order_id", "merchant_order_id"] { values[name] = jsonString("sandbox-new-\(inserted)") }
    for name in ["created_at", "updated_at", "confirmed_at", "paid_at"] {
      guard let old = model.slice(name), old.first == UInt8(ascii: "\"") else { continue }
      values[name] = jsonString(now.written(blank: !old.contains(UInt8(ascii: "T"))))
    }
    var row = Row(bytes: model.replacing(values), id: nil, sequence: nextSequence)
    row.id = row.text(idMembers)
    nextSequence += 1
    rows.insert(row, at: 0)
    views = [:]
  }

  /// The first record disappears: all others move up by one.
  mutating func deleteAtHead() {
    guard let place = rows.firstIndex(where: { !$0.isGone }) else { return }
    rows[place].isGone = true
    views = [:]
  }

  /// The last record changes, and the provider lists what changed last first.
  mutating func touchLast() {
    guard let place = rows.lastIndex(where: { !$0.isGone }) else { return }
    var row = rows.remove(at: place)
    if let old = row.slice("updated_at") {
      let time = Moment.now().written(blank: !old.contains(UInt8(ascii: "T")))
      row = Row(bytes: row.replacing(["updated_at": jsonString(time)]), id: row.id, sequence: row.sequence)
    }
    rows.insert(row, at: 0)
    views = [:]
  }

  /// The first record says something else from now on.
  mutating func changeFirst(_ member: String, to value: String) {
    guard let place = rows.firstIndex(where: { !$0.isGone }) else { return }
    rows[place].bytes = rows[place].setting(member, to: value)
    views = [:]
  }

  /// Two records that stand next to each other, the first `place` rows from the start, change places.
  mutating func swap(behind place: Int) {
    let present = rows.indices.filter { !rows[$0].isGone }
    guard place > 0, place < present.count else { return }
    rows.swapAt(present[place - 1], present[place])
    views = [:]
  }

  /// A record is not there any more.
  mutating func remove(id: String) {
    for place in rows.indices where rows[place].id == id { rows[place].isGone = true }
    views = [:]
  }

  /// A record stands in the list a second time, at its end, and says something else there.
  mutating func addCopy(of id: String?, _ member: String, value: String) {
    guard let model = rows.first(where: { !$0.isGone && (id == nil || $0.id == id) }) else { return }
    rows.append(Row(bytes: model.setting(member, to: value), id: model.id, sequence: nextSequence))
    nextSequence += 1
    views = [:]
  }

  /// The provider sorts the list the other way round.
  mutating func reorder() {
    rows.reverse()
    views = [:]
  }

  private func created(_ index: Int) -> Moment? { rows[index].text(["created_at"]).flatMap { Moment($0) } }

  private func sorted(_ indices: [Int], by ordering: String) -> [Int] {
    let isDescending = ordering.hasPrefix("-")
    let member = isDescending ? String(ordering.dropFirst()) : ordering
    // Times by instant, anything else by number or text; rows without the member come last.
    let keys = indices.map { index -> (index: Int, moment: Moment?, number: Double?, text: String?) in
      let text = rows[index].text([member])
      return (index, text.flatMap { Moment($0) }, text.flatMap { Double($0) }, text)
    }
    func precedes(_ left: Int, _ right: Int) -> Bool {
      let (a, b) = isDescending ? (keys[right], keys[left]) : (keys[left], keys[right])
      if let x = a.moment, let y = b.moment { return x < y }
      if let x = a.number, let y = b.number { return x < y }
      guard let x = a.text, let y = b.text else {
        return keys[left].text != nil && keys[right].text == nil
      }
      return x < y
    }
    return keys.indices.sorted { precedes($0, $1) || (!precedes($1, $0) && $0 < $1) }.map { keys[$0].index }
  }
}

/// The rows of a list in one order, with the places that cursors name.
struct RowView {
  /// Rows that are still there.
  let rows: [Row]
  /// Where to go on after a row, by its sequence number and by its id; gone rows have a place too.
  private let placeAfter: [Int: Int]
  private let placeAfterID: [String: Int]

  init(rows all: [Row], order: [Int]) {
    var rows: [Row] = []
    var placeAfter: [Int: Int] = [:]
    var placeAfterID: [String: Int] = [:]
    for index in order {
      let row = all[index]
      if !row.isGone { rows.append(row) }
      placeAfter[row.sequence] = rows.count
      if let id = row.id { placeAfterID[id] = rows.count }
    }
    self.rows = rows
    self.placeAfter = placeAfter
    self.placeAfterID = placeAfterID
  }

  /// The row that stands before a place.
  func row(before place: Int) -> Row? { place > 0 && place <= rows.count ? rows[place - 1] : nil }

  func place(afterSequence sequence: Int) -> Int? { placeAfter[sequence] }
  func place(afterID id: String) -> Int? { placeAfterID[id] }
}
