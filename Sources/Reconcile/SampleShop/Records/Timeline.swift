/// A provider's record with everything it ever said: the earlier snapshot shows what it said then.
struct Timeline<Record: ProviderRecord> {
  /// Oldest first.
  private(set) var versions: [(since: ShopTime, record: Record)]
  /// The provider's list no longer holds it in the later snapshot.
  var isWithdrawn = false

  /// A record from the moment it came to be.
  init(_ record: Record, since: ShopTime) { versions = [(since, record)] }

  /// When the record came to be; lists are sorted by it.
  var start: ShopTime { versions[0].since }

  /// What the record says in the end.
  var record: Record { versions[versions.count - 1].record }

  /// From this moment on the record says something else.
  mutating func change(at time: ShopTime, _ change: (inout Record) -> Void) {
    var record = record
    change(&record)
    versions.append((time, record))
  }

  /// What the record said before this moment; nil where it did not exist yet.
  func record(before time: ShopTime) -> Record? { versions.last { $0.since < time }?.record }
}
