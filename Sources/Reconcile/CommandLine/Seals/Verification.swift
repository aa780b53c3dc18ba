import Foundation
import ReconcileCore
import ReconcileWarehouse
import Reports

/// What became of the files of a sealed period: made again from the warehouse, and as they lie on the disk.
struct Verification {
  /// How a file compares with its seal; `purged` is one that differs by no more than what a purge took away.
  enum State: String { case same, different, missing, purged }

  let seal: Seal
  /// Each sealed file: whether the warehouse still gives it, and whether it lies in the output folder.
  let files: [(name: String, made: State, onDisk: State)]
  let folder: String

  /// Makes the files in a scratch folder that is removed again.
  init(_ report: SealedReport, output: String) throws {
    seal = report.seal
    folder = "\(output)/\(seal.period)"
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(
      "reconcile-\(UUID().uuidString)"
    ).path
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let (source, result) = try report.files(below: scratch)
    let purged = try report.namesHoldingPurgedTexts(source)
    let folder = folder
    files = seal.files.map { file in
      let made = result.files.first { $0.name == file.name }?.sha256
      func state(_ digest: String?) -> State {
        guard let digest else { return .missing }
        if digest == file.sha256 { return .same }
        return digest == made && purged.contains(file.name) ? .purged : .different
      }
      let lying = FileManager.default.contents(atPath: folder + "/" + file.name)
      return (file.name, state(made), state(lying.map { Digest.hex(Digest.sha256($0)) }))
    }
  }

  /// Files that the warehouse no longer gives, or that lie changed in the output folder; missing ones do not matter.
  var problems: [String] {
    files.compactMap { file in
      if file.made != .same && file.made != .purged { return "\(file.name) comes out differently" }
      return file.onDisk == .different ? "\(file.name) was changed in \(folder)" : nil
    }
  }

  var holds: Bool { problems.isEmpty }

  /// What to do about the problems.
  var remedy: String {
    if files.allSatisfy({ $0.made == .same || $0.made == .purged }) {
      return "`reconcile report --period \(seal.period)` writes the sealed files again"
    }
    if seal.basis.tool != "reconcile \(toolVersion)" {
      return
        "the files were made by \(seal.basis.tool), this is reconcile \(toolVersion): verify with that version"
    }
    return "run `reconcile warehouse check --deep`; the sealed files are in your backups"
  }

  private static let purgeNote =
    "purged: the texts of rejected rows were purged since, so this file cannot be made as it was sealed."

  var text: String {
    var table = TextTable([("File", .left), ("Made again", .left), ("In the folder", .left)])
    for file in files { table.add([file.name, file.made.rawValue, file.onDisk.rawValue]) }
    let head = ["\(seal.period), sealed by \(seal.madeBy), \(seal.madeAt): \(seal.note)", "Folder \(folder)"]
    let purge = files.contains { $0.made == .purged } ? "\n\(Self.purgeNote)\n" : ""
    return head.map { $0.withControlCharactersEscaped + "\n" }.joined() + table.text + purge
  }

  var json: JSONText {
    .object([
      ("period", .text(seal.period.description)), ("sealed_by", .text(seal.madeBy)),
      ("sealed_at", .text(seal.madeAt.description)), ("note", .text(seal.note)), ("holds", .flag(holds)),
      ("folder", .text(folder)),
      (
        "files",
        .list(
          files.map {
            .object([
              ("name", .text($0.name)), ("made_again", .text($0.made.rawValue)),
              ("in_folder", .text($0.onDisk.rawValue)),
            ])
          })
      ),
    ])
  }
}
