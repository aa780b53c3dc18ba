import Foundation
import Importers
import ReconcileCore

extension Diagnosis {
  /// Time zones, files and the folder of reports.
  mutating func examine(_ configuration: LoadedConfiguration, now: Instant) {
    let settings = configuration.settings
    add(.ok("configuration", configuration.file))
    if !settings.assumptions.isEmpty {
      add(
        .ok(
          "configuration",
          "\(settings.assumptions.count) of its values are assumed; every report lists them"))
    }
    examineZones(settings, now)
    examine(settings.orders.patterns, of: "orders", isNeeded: true)
    examine(settings.refunds.patterns, of: "refunds", isNeeded: false)
    examine(settings.eventPatterns, of: "events", isNeeded: false)
    examineOutput(settings.output)
    if settings.providers.isEmpty {
      add(
        .warn(
          "providers", "no provider is configured, so no payment is read",
          at: configuration.file, remedy: "add a [providers.NAME] section; `reconcile init` writes examples"))
    }
  }

  private mutating func examineZones(_ settings: Settings, _ now: Instant) {
    // A zone with clock changes: an installation without time zone data takes every zone for UTC.
    let vilnius = Zone("Europe/Vilnius")
    let winter = vilnius?.offset(atSeconds: 1_767_225_600)
    let summer = vilnius?.offset(atSeconds: 1_782_864_000)
    guard winter == 7_200, summer == 10_800 else {
      return add(
        .fail(
          "time zones",
          Failure(
            .configurationWrong, "this machine does not know when clocks change",
            remedy: "install the package tzdata")))
    }
    let day = settings.zone.day(of: now)
    add(.ok("time zones", "business dates are days of \(settings.zone.name), where it is \(day) now"))
  }

  private mutating func examine(_ patterns: [String], of section: String, isNeeded: Bool) {
    if patterns.isEmpty, isNeeded {
      add(
        .warn(
          section, "no files are named",
          remedy: "set files in [\(section)], or give --\(section) FILE to a run"))
    }
    for pattern in patterns {
      do {
        let found = try MerchantFiles.expandPatterns([pattern])
        for warning in found.warnings {
          add(
            .warn(section, warning, remedy: "put files there, or correct files in [\(section)]"))
        }
        let unreadable = found.files.filter { access($0, R_OK) != 0 }
        for file in unreadable {
          add(
            .fail(
              section,
              Failure(
                .inputMissing, "the file cannot be read: \(errorText(EACCES))", at: file,
                remedy: "check who may read it: ls -l \(file)")))
        }
        let readable = found.files.count - unreadable.count
        if readable > 0 {
          add(.ok(section, "\(readable) \(readable == 1 ? "file" : "files") of \(pattern)"))
        }
      } catch { add(.fail(section, error)) }
    }
  }

  private mutating func examineOutput(_ output: String) {
    var facts = stat()
    if stat(output, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR {
      return add(
        .fail(
          "output",
          Failure(
            .outputNotWritten, "a file stands where the folder of reports should be", at: output,
            remedy: "move it away, or change output in [reporting]")))
    }
    guard let folder = Self.nearestFolder(output), access(folder, W_OK | X_OK) == 0 else {
      return add(
        .fail(
          "output",
          Failure(
            .outputNotWritten, "reports cannot be written there", at: output,
            remedy: "check who may write there, or change output in [reporting]")))
    }
    add(.ok("output", folder == output ? output : "\(output), which the first report makes"))
  }

  /// The folder itself, or the nearest one above it that exists.
  static func nearestFolder(_ path: String) -> String? {
    var folder = path
    while true {
      var facts = stat()
      if stat(folder, &facts) == 0 { return facts.st_mode & S_IFMT == S_IFDIR ? folder : nil }
      if folder == "/" || folder.isEmpty { return nil }
      folder = Folder(of: folder).path
    }
  }
}
