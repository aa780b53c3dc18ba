import Foundation

/// The saved responses of one provider, taken apart: list pages joined into whole lists.
struct SavedResponses {
  var lists: [SavedStream: RowList] = [:]
  var settlements: [SettlementBody] = []
  /// What could not be used, in words.
  var warnings: [String] = []

  /// Reads `NAME.json`, `NAME-*.json` and `NAME.jsonl` of every stream of `kind` in `folder`.
  init(folder: String, kind: ProviderKind) throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    for stream in kind.streams {
      var rows: [[UInt8]] = []
      var isThere = false
      for name in names where Self.file(name, belongsTo: stream) {
        for (place, body) in try Self.bodies(folder + "/" + name) {
          do {
            if stream == .settlementReport {
              settlements.append(try SettlementBody(body))
            } else {
              rows += try Self.rows(body, single: stream.isLookup(kind))
            }
            isThere = true
          } catch let problem as UnreadableSavedBody {
            warnings.append("\(folder)/\(name)\(place): \(problem.description); left out")
          }
        }
      }
      if isThere, stream != .settlementReport {
        lists[stream] = RowList(rows, idMembers: stream.idMembers(kind))
      }
    }
  }

  private static func file(_ name: String, belongsTo stream: SavedStream) -> Bool {
    name == "\(stream.rawValue).json" || name == "\(stream.rawValue).jsonl"
      || (name.hasPrefix("\(stream.rawValue)-") && name.hasSuffix(".json"))
  }

  private static func bodies(_ path: String) throws -> [(place: String, body: [UInt8])] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    guard path.hasSuffix(".jsonl") else { return [("", bytes)] }
    return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
      .filter { !$0.element.allSatisfy { [0x20, 0x09, 0x0D].contains($0) } }
      .map { (" line \($0.offset + 1)", Array($0.element)) }
  }

  private static let containers: Set<String> = [
    "data", "payments", "transactions", "refunds", "items", "results",
  ]

  /// The records of one body: the elements of its list, or for look-ups the body itself.
  private static func rows(_ body: [UInt8], single: Bool) throws -> [[UInt8]] {
    let slices = JSONSlices(body)
    let document = try slices.document()
    if let elements = try slices.elements(of: document) { return elements.map { Array(body[$0]) } }
    guard let members = try slices.members(of: document) else {
      throw UnreadableSavedBody("neither an object nor an array")
    }
    let arrays = members.filter { containers.contains($0.key) && body[$0.value.lowerBound] == 0x5B }
    if arrays.count == 1, let elements = try slices.elements(of: arrays[0].value) {
      return elements.map { Array(body[$0]) }
    }
    guard single else { throw UnreadableSavedBody("holds no list") }
    return [Array(body[document])]
  }
}

/// A saved settlement report, served as it is.
struct SettlementBody {
  let bytes: [UInt8]
  /// First and last day as `YYYY-MM-DD`.
  let from: String
  let to: String

  init(_ body: [UInt8]) throws {
    let slices = JSONSlices(body)
    let document = try slices.document()
    bytes = Array(body[document])
    var days: [String] = []
    var start: String?
    var end: String?
    func look(_ range: Range<Int>) throws {
      for member in try slices.members(of: range) ?? [] {
        switch member.key {
        case "date_from": start = start ?? slices.string(member.value)
        case "date_to": end = end ?? slices.string(member.value)
        case "date", "day": if let day = slices.string(member.value) { days.append(String(day.prefix(10))) }
        default:
          // The lines, or an object that the report is wrapped in.
          for element in try slices.elements(of: member.value) ?? [] { try look(element) }
          if body[member.value.lowerBound] == UInt8(ascii: "{") { try look(member.value) }
        }
      }
    }
    try look(document)
    guard let first = start ?? days.min(), let last = end ?? days.max() else {
      throw UnreadableSavedBody("a settlement report without days")
    }
    from = String(first.prefix(10))
    to = String(last.prefix(10))
  }

  /// Which saved report answers a request: the one with exactly these days, else the shortest that overlaps.
  static func answering(from: String, to: String, among reports: [SettlementBody]) -> SettlementBody? {
    if let exact = reports.last(where: { $0.from == from && $0.to == to }) { return exact }
    return reports.filter { $0.from <= to && $0.to >= from }.min { $0.length < $1.length }
  }

  private var length: Int64 {
    guard let start = Moment(from), let end = Moment(to) else { return .max }
    return end.seconds - start.seconds
  }
}
