import Importers
import ReconcileCore
import ReconcileWarehouse

/// Words of verdicts.
enum Verdicts {
  /// The verdict that a word stands for, in either case; throws with the nearest word.
  static func resolution(
    _ word: String, _ status: ExitStatus, at place: String
  ) throws(Failure) -> Warehouse.Resolution {
    if let resolution = Warehouse.Resolution(rawValue: word.lowercased()) { return resolution }
    throw Failure(
      status, "`\(word)` is no resolution", at: place,
      remedy: ConfigurationTable.choice(word, of: Warehouse.Resolution.allCases.map(\.rawValue)))
  }
}

/// The verdicts of a CSV file that somebody filled in, checked row by row.
struct VerdictSheet {
  /// One row that decides something.
  struct Verdict {
    var id: String
    var resolution: Warehouse.Resolution
    var note: String
    var line: Int64
  }

  /// Rows that decide something, in the order of the file, each id once.
  private(set) var verdicts: [Verdict] = []
  /// Rows whose resolution is empty.
  private(set) var undecidedCount: Int64 = 0
  private var problems: [(line: Int64, text: String)] = []
  private let file: String
  /// Problems that are told; a wrong column would give one for every row.
  private static let shownProblems = 20

  /// Reads the file. Throws 66 when it is missing or no such table; rows that are wrong wait for `check`.
  init(file: String, defaultNote: String?) throws {
    self.file = file
    var lines: [String: Int] = [:]
    try MerchantFiles.readVerdicts(file: file) { row, place in
      do throws(RowDefect) {
        guard let verdict = try Self.verdict(row, place.line, defaultNote) else { return undecidedCount += 1 }
        if let index = lines[verdict.id] {
          let earlier = verdicts[index]
          guard earlier.resolution == verdict.resolution, earlier.note == verdict.note else {
            throw RowDefect("the id stands on line \(earlier.line) already, with another verdict or note")
          }
        } else {
          lines[verdict.id] = verdicts.count
          verdicts.append(verdict)
        }
      } catch {
        problems.append((place.line, error.text))
      }
    } onDefect: { place, reason in
      problems.append((place.line, reason))
    }
  }

  /// Notes the rows whose ids the warehouse does not know.
  mutating func refuse(_ unknown: Set<String>) {
    for verdict in verdicts where unknown.contains(verdict.id) {
      problems.append((verdict.line, "no discrepancy `\(verdict.id)` is in the warehouse"))
    }
  }

  /// Throws 65 naming every row that is wrong, if there is one.
  func check() throws(Failure) {
    guard !problems.isEmpty else { return }
    let sorted = problems.sorted { $0.line < $1.line }
    var remedy = sorted.prefix(Self.shownProblems).map { "line \($0.line): \($0.text)" }
    if sorted.count > Self.shownProblems { remedy.append("and \(sorted.count - Self.shownProblems) more") }
    remedy.append("correct these rows, or empty their resolution, and run the same command again")
    throw Failure(
      .inputRejected,
      sorted.count == 1
        ? "a row cannot be taken, so nothing was changed"
        : "\(sorted.count) rows cannot be taken, so nothing was changed",
      at: "\(file), line \(sorted[0].line)", remedy: remedy.joined(separator: "\n"))
  }

  private struct RowDefect: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  private static func verdict(
    _ row: VerdictRow, _ line: Int64, _ defaultNote: String?
  ) throws(RowDefect) -> Verdict? {
    if row.resolution.isEmpty { return nil }
    let resolution: Warehouse.Resolution
    do throws(Failure) {
      resolution = try Verdicts.resolution(row.resolution, .inputRejected, at: "")
    } catch {
      throw RowDefect("\(error.what); \(error.remedy)")
    }
    if row.id.isEmpty { throw RowDefect("id is empty") }
    guard let note = row.note.isEmpty ? defaultNote : row.note else {
      throw RowDefect("note is empty; fill it in, or give --note for all rows without one")
    }
    if let problem = Decision.problem(withNote: note) { throw RowDefect("the note \(problem)") }
    return Verdict(id: row.id, resolution: resolution, note: note, line: line)
  }
}
