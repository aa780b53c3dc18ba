import ReconcileCore
import Testing

@testable import Importers

@Suite("A list that is sorted otherwise while it is walked")
struct ReorderedListTests {
  /// A page of rows whose number is their time.
  private func page(_ number: Int, _ rows: ArraySlice<Int>) -> ListWalk.Page {
    ListWalk.Page(
      rows: rows.map { WalkRow(identity: "r\($0)", createdAt: Instant(seconds: Int64($0))) },
      hint: .pages(page: number, of: 2), rawBytes: rows.map { UInt8($0) })
  }

  @Test("rows on the first page that are neither new nor known make the walk begin again")
  func turned() {
    var walk = ListWalk()
    // Two of six rows were read when the list was turned round; the rest of the walk met the same two.
    #expect(walk.receive(page(1, [6, 5])) == .ask(.page(2)))
    #expect(walk.receive(page(2, [5, 6])) == .ask(.first))
    #expect(walk.receive(page(1, [1, 2])) == .ask(.first))
  }

  @Test("rows on the first page that are new are no sign of that")
  func arrivals() {
    var walk = ListWalk()
    #expect(walk.receive(page(1, [6, 5])) == .ask(.page(2)))
    #expect(walk.receive(page(2, [5, 4])) == .ask(.first))
    #expect(walk.receive(page(1, [8, 7])) == .complete)
  }
}
