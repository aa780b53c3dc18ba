/// What a row of Discrepancies or Open items carries in its hidden last column, so that a workbook that somebody
/// filled in can be read back: which finding of which warehouse it is, and which amounts the person saw.
///
/// The text holds all four parts and a check over them, so that it can be sorted, filtered and copied like any cell
/// and still tells when it was edited.
public struct FindingRowKey: Equatable, Sendable {
  /// The identity of the warehouse that the workbook was written from.
  public let warehouse: String
  /// The finding's id, as in discrepancies.csv.
  public let findingID: String
  /// A digest of the expected and actual figures: another one for the same finding means that they changed since.
  public let figures: String

  /// The key of a finding's row.
  public init(warehouse: String, finding row: DiscrepancyRow) {
    self.init(warehouse: warehouse, findingID: row.id, expected: row.expected, actual: row.actual)
  }

  /// The key of a finding with these figures.
  public init(warehouse: String, findingID: String, expected: Figure?, actual: Figure?) {
    self.warehouse = warehouse
    self.findingID = findingID
    figures = Self.digest("\(expected?.text ?? "")|\(actual?.text ?? "")", 8)
  }

  /// Reads a key; nil when it is none or was edited.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
    guard parts.count == 5, parts[0] == Self.version else { return nil }
    warehouse = parts[1]
    findingID = parts[2]
    figures = parts[3]
    guard check == parts[4] else { return nil }
  }

  /// As the cell holds it.
  public var text: String { "\(body).\(check)" }

  private static let version = "k1"
  private var body: String { "\(Self.version).\(warehouse).\(findingID).\(figures)" }
  private var check: String { Self.digest(body, 8) }

  /// The first `count` hexadecimal digits of a SHA-256.
  private static func digest(_ text: String, _ count: Int) -> String {
    String(Digest.hex(Digest.sha256(text.utf8)).prefix(count))
  }
}
