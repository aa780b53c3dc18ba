import Foundation
import ReconcileCore

/// A shop that does not exist: orders, refunds, webhooks and the saved answers of four providers, always the
/// same for the same seed. No byte of it is anybody's data.
public enum SampleShop {
  /// The month that the sample is about.
  public static let period: Period = {
    guard let period = Period(from: march(1), to: march(31)) else { preconditionFailure("March has no days") }
    return period
  }()

  /// The clock for grace periods and ages under which the planted findings hold: 2026-04-01T06:00:00Z.
  public static let asOf = Instant(seconds: ShopTime(4, 1, 9, 0).seconds)
  /// The clock of the night before which the earlier answers came: 24 March, 06:00 in Vilnius.
  public static let earlierAsOf = Instant(seconds: ShopTime(3, 24, 6, 0).seconds)

  /// The configuration that reads the month as it stands at its end.
  public static let configurationName = "reconcile.toml"

  /// The configuration that reads the providers' answers of 23 March; it runs first, so that records
  /// which disappeared since are noticed.
  public static let earlierConfigurationName = "reconcile-earlier.toml"

  /// Makes the sample month.
  public static func month() -> SampleMonth { SampleMonth(Month.planned()) }
}

/// A file of the sample: its path below the folder, `/` between components, and its UTF-8 text.
public struct SampleFile: Sendable, Equatable {
  public let path: String
  public let text: String
}

/// The sample month as files, with the findings that were planted in it.
public struct SampleMonth: Sendable {
  /// Every file, in the order of their paths.
  public let files: [SampleFile]
  /// What a right reconciliation of the month finds: no row more and none less.
  public let planted: [PlantedFinding]

  init(_ month: Month) {
    planted = month.planted.sorted {
      ($0.businessDate.isEmpty ? "~" : $0.businessDate, $0.cells.joined(separator: "\u{0}"))
        < ($1.businessDate.isEmpty ? "~" : $1.businessDate, $1.cells.joined(separator: "\u{0}"))
    }
    files = MonthFiles(month: month, planted: planted).all().sorted { $0.path < $1.path }
  }

  /// Writes every file below `folder`, which is made where it is missing; files with the same names are
  /// replaced.
  ///
  /// - Throws: the file system's error; files written before it stay.
  public func write(to folder: URL) throws {
    for file in files {
      let target = folder.appendingPathComponent(file.path)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(file.text.utf8).write(to: target)
    }
  }
}

extension Month {
  /// The whole month: what is planted first, because it picks its days, then the ordinary trade.
  static func planned() -> Month {
    var month = Month()
    month.plantFebruary()
    month.plantPayments()
    month.plantLooseMoney()
    month.plantRefunds()
    month.addOddities()
    month.fillWithOrdinaryTrade()
    month.plantSettlement()
    return month
  }
}
