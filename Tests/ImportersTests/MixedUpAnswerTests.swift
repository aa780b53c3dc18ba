import ReconcileCore
import Testing

@testable import Importers

@Suite("Pages that are not those asked for")
struct MixedUpAnswerTests {
  private let rows = (1...7).map { "r\($0)" }

  /// Two rows a page, with the hint of this style; what a real provider answers.
  private func page(_ number: Int, counted: Bool, of rows: [String]) -> ListWalk.Page {
    let own = Array(rows.dropFirst((number - 1) * 2).prefix(2))
    return ListWalk.Page(
      rows: own.map { WalkRow(identity: $0) },
      hint: counted ? .pages(page: number, of: (rows.count + 1) / 2) : .none, rawBytes: Array("\(own)".utf8))
  }

  private func number(_ position: PagePosition) -> Int {
    if case .page(let number) = position { number } else { 1 }
  }

  /// Walks while `stray` may name another page than was asked for, by the number of the request.
  private func walk(
    counted: Bool, _ stray: (Int, Int) -> Int, moves: (inout [String], Int) -> Void = { _, _ in }
  ) -> (step: ListWalk.Step, read: Set<String>, requests: Int) {
    var walk = ListWalk(asked: 2)
    var list = rows
    var read: Set<String> = []
    var position = ListWalk.start
    for request in 1...200 {
      let answer = page(stray(request, number(position)), counted: counted, of: list)
      read.formUnion(answer.rows.map(\.identity))
      moves(&list, request)
      switch walk.receive(answer) {
      case .ask(let next): position = next
      case let end: return (end, read, request)
      }
    }
    return (.incomplete("endless"), read, 200)
  }

  @Test("an answer to an earlier request hides no row", arguments: [false, true], 2...6)
  func earlier(counted: Bool, at place: Int) {
    let (step, read, _) = walk(counted: counted) { request, number in
      request == place ? max(1, number - 1) : number
    }
    #expect(step == .complete)
    #expect(read == Set(rows))
  }

  @Test("the last page in place of another hides no row", arguments: 1...3)
  func last(place: Int) {
    let (step, read, _) = walk(counted: true) { request, number in request == place ? 4 : number }
    #expect(step == .complete)
    #expect(read == Set(rows))
  }

  @Test("a list that always shows the same page is incomplete, or whole when it is not cut")
  func always() {
    let (step, _, requests) = walk(counted: true) { _, _ in 1 }
    #expect(step == .incomplete("page 2 was asked for and page 1 came, in 3 walks"))
    #expect(requests <= 12)
  }

  @Test("as many new rows as a page holds do not make the first page look like the whole list")
  func pushedDown() {
    let (step, read, _) = walk(counted: false, { $1 }) { list, request in
      if request == 1 { list = ["n1", "n2"] + list }
    }
    #expect(step == .complete)
    #expect(read.isSuperset(of: rows))
  }

  @Test("rows that come with every request, a page full each time, end as incomplete")
  func pushedDownForEver() {
    let (step, _, requests) = walk(counted: false, { $1 }) { list, request in
      list = ["n\(request)", "m\(request)"] + list
    }
    guard case .incomplete = step else { return #expect(Bool(false), "\(step)") }
    #expect(requests <= 12)
  }

  @Test("a list that ignores page numbers and grows all the time is whole")
  func growing() {
    var walk = ListWalk(asked: 100)
    var list = rows
    var steps: [ListWalk.Step] = []
    while steps.count < 10, steps.last != .complete {
      steps.append(
        walk.receive(
          ListWalk.Page(
            rows: list.map { WalkRow(identity: $0) }, hint: .none, rawBytes: Array("\(list)".utf8))))
      list.insert("new\(steps.count)", at: 0)
    }
    #expect(steps == [.ask(.page(2)), .ask(.page(3)), .ask(.first), .complete])
  }

  @Test("a page that is shown for ever and is full by its own limit is not taken for the whole list")
  func fullPage() {
    var walk = ListWalk(asked: 200)
    var full = page(1, counted: false, of: rows)
    full.namedLimit = 2
    for next in [2, 3] { #expect(walk.receive(full) == .ask(.page(next))) }
    #expect(
      walk.receive(full)
        == .incomplete("the list shows one page for ever, and its limit of 2 records fills it"))
  }

  @Test("a total that is no number ends the walk as incomplete, after all its pages")
  func nonsense() {
    var walk = ListWalk()
    var steps: [ListWalk.Step] = []
    for offset in [0, 3, 6, 7] {
      let own = rows.dropFirst(offset).prefix(3)
      steps.append(
        walk.receive(
          ListWalk.Page(
            rows: own.map { WalkRow(identity: $0) }, hint: .offset(total: nil, offset: offset, limit: 3),
            rawBytes: [])))
    }
    #expect(steps == [.ask(.offset(3)), .ask(.offset(6)), .ask(.offset(7)), .incomplete(ListWalk.noNumber)])
  }
}
